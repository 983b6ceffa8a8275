/// A measured call of the library.
struct Benchmark: Sendable {
    let name: String
    /// Prepares the call and returns a closure that makes it a number of times.
    let prepare: @Sendable () throws -> (_ count: Int) -> Void

    init(_ name: String, prepare: @escaping @Sendable () throws -> (_ count: Int) -> Void) {
        self.name = name
        self.prepare = prepare
    }
}
