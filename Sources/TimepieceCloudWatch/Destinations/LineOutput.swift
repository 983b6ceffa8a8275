/// Something that lines are written to.
package protocol LineOutput: Sendable {
    /// Writes a line with its end, waiting no longer than the time-out.
    func write(_ line: [UInt8], timeout: Duration) throws(LineOutputError)
}
