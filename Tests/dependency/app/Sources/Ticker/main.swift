import Timepiece

var ticker = Timepiece.Ticker(maxIntervals: 5)
for _ in 0..<10 {
    ticker.tick()
    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<20)))
}
print(ticker)
