/// Values in the order of time, so many neighbors to a block that one block tells nothing of the next.
///
/// A rank test takes its values for independent. Windows are not, where a machine is busy for some seconds and idle for
/// some: ten seconds of a slow spell are one observation, not ten, and counted as ten they would make noise look real.
enum IndependentBlocks {
    /// The means of blocks of 1, 2, 4 … neighbors: the shortest that do not resemble each other, and never less blocks
    /// than the test needs.
    static func of(_ values: [Double]) -> [Double] {
        var blocks = values
        while blocks.count / 2 >= RankTest.fewest, resemblesNeighbor(blocks) {
            // An odd one at the start is left out: pipelines take a while to be themselves.
            let first = blocks.count % 2
            blocks = stride(from: first, to: blocks.count, by: 2).map { (blocks[$0] + blocks[$0 + 1]) / 2 }
        }
        return blocks
    }

    /// Whether neighbors are correlated by more than chance: the first autocorrelation of n independent values stays
    /// below 1.65 / √n nineteen times out of twenty.
    private static func resemblesNeighbor(_ values: [Double]) -> Bool {
        // Of ranks, so that one long interval does not hide it.
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        for (rank, index) in order.enumerated() { ranks[index] = Double(rank) - Double(values.count - 1) / 2 }
        let variance = ranks.reduce(0) { $0 + $1 * $1 }
        let covariance = zip(ranks, ranks.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        let n = Double(values.count)
        return variance > 0 && covariance / variance > 1.65 / n.squareRoot()
    }
}
