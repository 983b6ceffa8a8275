/// A call of the library that is measured.
struct Benchmark: Sendable {
    let name: String
    /// Makes what the call needs and returns what makes it a number of times.
    let prepare: @Sendable () throws -> (_ count: Int) -> Void

    init(_ name: String, prepare: @escaping @Sendable () throws -> (_ count: Int) -> Void) {
        self.name = name
        self.prepare = prepare
    }
}
