import Glibc
import Timepiece

/// Runs one benchmark: `LibraryBenchmark NAME COUNT` prints nanoseconds a call, `LibraryBenchmark` the names.
@main
struct LibraryBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]), count > 0 else {
            for benchmark in benchmarks { print(benchmark.name) }
            exit(arguments.count == 1 ? 0 : 2)
        }
        guard let benchmark = benchmarks.first(where: { $0.name == arguments[1] }) else {
            print("there is no benchmark \(arguments[1])")
            exit(2)
        }
        let run = try benchmark.prepare()
        // The first calls allocate memory and load libraries.
        run(min(count, 1_000))
        let start = MonotonicInstant.now()
        run(count)
        let end = MonotonicInstant.now()
        print(Double(start.duration(to: end).nanoseconds) / Double(count))
    }
}
