import Testing
import Timepiece

@Suite struct TimepieceErrorTests {
    @Test(arguments: [
        (TimepieceError.maxIntervals(0), "maxIntervals is 0, but at least 1 interval has to be kept."),
        (.watchName(""), "The name of a stopwatch is empty, but it needs at least one character."),
        (
            .watchName("a.b"),
            "The name of a stopwatch is \"a.b\", but a dot separates the names of a path and cannot be in one."
        ),
        (.interval(.milliseconds(-5)), "The interval is -0.005000000 s, but it has to be longer than 0."),
        (.wait(.zero), "The time to wait is 0.000000000 s, but it has to be longer than 0."),
        (.ordinal(-3), "The ordinal is -3, but it has to be 0 (never) or more (every n-th tick)."),
        (.count(0), "The count is 0, but a schedule fires at least once before it ends."),
        (
            .duplicateName("x"),
            "The alarm clock has a schedule named \"x\" already, and every name can be there only once."
        ),
        (.alreadyArmed("x"), "The schedule \"x\" is in an alarm clock already and can be in only one."),
        (.alreadyArmed(nil), "The schedule is in an alarm clock already and can be in only one."),
    ])
    func `An error is a sentence that says what was wrong and what is allowed`(error: TimepieceError, text: String) {
        #expect(error.description == text)
    }
}
