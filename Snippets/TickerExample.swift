// The intervals between recurring events, and their statistics.

import Timepiece

var ticker = Ticker(maxIntervals: 5)
for _ in 0..<10 {
    ticker.tick()
    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<100)))
}
print(ticker)
