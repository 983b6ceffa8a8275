extension Metric {
    // Metrics of a point of a stream.
    package static let buffers = Metric(
        "timepiece_buffers_total", "timepiece.buffers", .counter, .buffers, "Buffers that passed.")
    package static let bytes = Metric(
        "timepiece_bytes_total", "timepiece.bytes", .counter, .bytes, "Bytes of the buffers that passed.")
    package static let interval = Metric(
        "timepiece_interval_seconds", "timepiece.interval", .histogram, .seconds,
        "Time from one buffer to the next.")
    package static let lastBufferAge = Metric(
        "timepiece_last_buffer_age_seconds", "timepiece.last_buffer_age", .gauge, .seconds,
        "How long ago the last buffer passed, or the start if none did, without the time spent paused.")
    package static let nominalRate = Metric(
        "timepiece_nominal_rate_hertz", "timepiece.nominal_rate", .gauge, .hertz,
        "Buffers a second that the caps promise.")
    package static let discontinuities = Metric(
        "timepiece_discontinuities_total", "timepiece.discontinuities", .counter, .none,
        "Buffers that said that something is missing before them.")
    package static let gaps = Metric(
        "timepiece_gaps_total", "timepiece.gaps", .counter, .none,
        "Times that the stream said that nothing is to come for a while.")
    package static let headers = Metric(
        "timepiece_headers_total", "timepiece.headers", .counter, .buffers,
        "Buffers that were headers, which end no interval.")
    package static let jumps = Metric(
        "timepiece_jumps_total", "timepiece.jumps", .counter, .none, "Jumps of the stream's time stamps.")
    package static let freezes = Metric(
        "timepiece_freezes_total", "timepiece.freezes", .counter, .none,
        "Intervals that a viewer sees as a freeze: three times the mean of the last 30, and 150 ms above it.")
    package static let freezeTime = Metric(
        "timepiece_freeze_seconds_total", "timepiece.freeze_time", .counter, .seconds,
        "Time that the freezes lasted.")
    package static let stalled = Metric(
        "timepiece_stalled", "timepiece.stalled", .gauge, .none,
        "1 while the stream is stalled or trickles by the element's stall settings, else 0.")
    package static let stalls = Metric(
        "timepiece_stalls_total", "timepiece.stalls", .counter, .none, "Stalls that began.")
    package static let stalledTime = Metric(
        "timepiece_stalled_seconds_total", "timepiece.stalled_time", .counter, .seconds,
        "Time that the stalls lasted, including a present one.")
    package static let alarms = Metric(
        "timepiece_alarms_total", "timepiece.alarms", .counter, .none, "Alarms that fired.")

    // Between two points, or around a part of a pipeline.
    package static let watch = Metric(
        "timepiece_watch_seconds", "timepiece.watch", .histogram, .seconds,
        "Time that a buffer took from the start of the watch to its end.")
    package static let unmatched = Metric(
        "timepiece_unmatched_total", "timepiece.unmatched", .counter, .buffers,
        "Buffers that passed the start of the watch and did not arrive, or arrived without a start.")
    package static let merged = Metric(
        "timepiece_merged_total", "timepiece.merged", .counter, .buffers,
        "Buffers that arrived as a part of another one.")
    package static let inFlight = Metric(
        "timepiece_in_flight", "timepiece.in_flight", .gauge, .buffers,
        "Buffers between the start of the watch and its end.")
    package static let oldestInFlight = Metric(
        "timepiece_oldest_in_flight_seconds", "timepiece.oldest_in_flight", .gauge, .seconds,
        "How long the oldest buffer has been between the start of the watch and its end.")

    // Of the tracer.
    package static let elementWork = Metric(
        "timepiece_element_work_seconds", "timepiece.element.work", .histogram, .seconds,
        "Time that the element worked for a buffer, without that of other elements and without waiting.")
    package static let elementWait = Metric(
        "timepiece_element_wait_seconds_total", "timepiece.element.wait", .counter, .seconds,
        "Time that the element waited, by the reason.")
    package static let queueDwell = Metric(
        "timepiece_queue_dwell_seconds", "timepiece.queue.dwell", .histogram, .seconds,
        "Time that a buffer stayed in the queue.")
    package static let queueDrops = Metric(
        "timepiece_queue_drops_total", "timepiece.queue.drops", .counter, .buffers, "Buffers that the queue threw away."
    )
    package static let queueLevel = Metric(
        "timepiece_queue_level_buffers", "timepiece.queue.level", .gauge, .buffers, "Buffers in the queue.")
}
