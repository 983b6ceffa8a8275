/// Shows progress on standard error, if that is a terminal and the work takes longer than a second.
final class Progress {
    private let isShown = TextOutput.errors.isTerminal
    private let start = monotonicNow()
    private var last = Duration.zero
    private var isDrawn = false

    func show(_ text: @autoclosure () -> String) {
        let now = monotonicNow() - start
        guard isShown, now > .seconds(1), now - last > .milliseconds(250) else { return }
        last = now
        isDrawn = true
        try? TextOutput.errors.write("\r\(TerminalText.visible(text()))\u{1B}[K")
    }

    /// Removes it from the terminal.
    func clear() {
        if isDrawn { try? TextOutput.errors.write("\r\u{1B}[K") }
        isDrawn = false
    }
}
