/// A day of the proleptic Gregorian calendar.
package struct CivilDate {
    package let year: Int64
    package let month: Int64
    package let day: Int64

    /// Converts a count of days, after Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    ///
    /// Eras of 400 years have 146,097 days each, and a year that starts in March has its leap day at its end.
    package init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
