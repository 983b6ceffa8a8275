import Testing
import Timepiece

@Suite struct TimepieceErrorTests {
    @Test(arguments: [
        (
            TimepieceError.duplicateName("x"),
            "The alarm clock has a schedule named \"x\" already, and every name can be there only once."
        ),
        (.alreadyArmed("x"), "The schedule \"x\" is in an alarm clock already and can be in only one."),
        (.alreadyArmed(nil), "The schedule is in an alarm clock already and can be in only one."),
    ])
    func `An error is a sentence with the mistake and the allowed values`(error: TimepieceError, text: String) {
        #expect(error.description == text)
    }
}
