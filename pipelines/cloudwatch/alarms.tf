# warm_up_configuration needs version 6.64 of the provider hashicorp/aws.

resource "aws_cloudwatch_metric_alarm" "timepiece_cam_01_tick_video_stopped" {
  alarm_name          = "timepiece-cam-01-tick-video-stopped"
  alarm_description   = "No frame for 4 minutes. Rings 4 to 6 minutes after the last one. Missing data are the symptom, so they breach."
  namespace           = "GStreamer/Video"
  metric_name         = "frame_processing_time"
  dimensions          = { "Device" = "cam-01", "Label" = "tick" }
  period              = 60
  statistic           = "SampleCount"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "breaching"
  alarm_actions       = []
  ok_actions          = []

  warm_up_configuration {
    warm_up_period_duration_in_minutes = 60
  }
}

resource "aws_cloudwatch_metric_alarm" "timepiece_cam_01_tick_low_fps" {
  alarm_name          = "timepiece-cam-01-tick-low-fps"
  alarm_description   = "Fewer frames per second than wanted in three of the last five periods of 1 minute."

  metric_query {
    id          = "fps"
    expression  = "n/PERIOD(n)"
    label       = "fps"
    return_data = true
  }

  metric_query {
    id          = "n"
    return_data = false

    metric {
      namespace   = "GStreamer/Video"
      metric_name = "frame_processing_time"
      dimensions  = { "Device" = "cam-01", "Label" = "tick" }
      period      = 60
      stat        = "SampleCount"
    }
  }

  comparison_operator = "LessThanThreshold"
  threshold           = 24
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "ignore"
  alarm_actions       = []
  ok_actions          = []

  warm_up_configuration {
    warm_up_period_duration_in_minutes = 60
  }
}

resource "aws_cloudwatch_metric_alarm" "timepiece_cam_01_tick_slow" {
  alarm_name          = "timepiece-cam-01-tick-slow"
  alarm_description   = "One interval between frames in a hundred is longer than the budget, in three of the last five periods of 1 minute."
  namespace           = "GStreamer/Video"
  metric_name         = "frame_processing_time"
  dimensions          = { "Device" = "cam-01", "Label" = "tick" }
  period              = 60
  extended_statistic  = "p99"

  evaluate_low_sample_count_percentiles = "evaluate"

  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.05
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = []
  ok_actions          = []

  warm_up_configuration {
    warm_up_period_duration_in_minutes = 60
  }
}
