// Publishes windows as fast as it can, over a service that fails half the time, until it is killed.
//
// Arguments: the spool, the file that represents the service, the number of the first window, a seed. A window is one
// sample, whose length in nanoseconds is its number. When a window has been sent or spooled its number is printed.
//
// Or `fill` and a folder: see fillDisk.swift.

import Glibc
import Timepiece
import TimepieceCloudWatch

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "fill" {
    try fillDisk(folder: arguments[2])
    exit(0)
}
guard arguments.count == 5, let first = Int64(arguments[3]), let seed = UInt64(arguments[4]) else { exit(2) }

let delivery = FlakyDelivery(file: arguments[2], seed: seed)
let file = arguments[1]
var configuration = SenderConfiguration(
    boot: "boot", hasSpool: true, largestSize: { _ in 1000 }, random: { 0.01 })
configuration.backfillPause = .milliseconds(1)
configuration.lookPause = .milliseconds(5)
let sender = Sender(configuration, delivery: delivery) { () throws(SpoolError) in
    try Spool(path: file, destination: "service", boot: "boot", lease: .milliseconds(100))
}
sender.start()
let identity = MetricIdentity(namespace: "Test", name: "laps", dimensions: [], interval: 60)
for number in first..<(first + 1_000_000) {
    let series = sender.open(identity)
    var window = Statistics()
    window.record(.nanoseconds(number))
    sender.publish(window, of: series, at: .now())
    sender.close(series, within: .seconds(5), isLast: false)
    sender.flush(within: .seconds(5))
    let line = Array("\(number)\n".utf8)
    _ = unsafe write(STDOUT_FILENO, line, line.count)
}
