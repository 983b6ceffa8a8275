/// A machine whose threads' instructions take effect in one memory, one at a time, in every order that the rules of an
/// architecture leave free: a search through all of them.
///
/// Both architectures are multi-copy atomic: a store is visible to all other threads at the same time, so that an
/// execution is an order of instructions. An exclusive-or is one step: on Armv8 its store may come after later loads,
/// but for those that are sequentially consistent, and others do not follow one here. Left out, too, is what the
/// programs here do not do: a thread reading back its own store before others see it.
struct WeakMachine {
    enum Rules: Sendable {
        /// Armv8: what is not ordered by acquire, release, a fence or a dependency is free. A later acquire of the kind that
        /// sequentially consistent loads are (LDAR) stays behind an earlier release of theirs (STLR).
        case arm
        /// x86: a store may be late for later loads, and all else is in order.
        case x86
    }

    enum Order: Sendable {
        case relaxed
        case release
        /// A load: acquire; a store: release; and in the order of all of these.
        case sequential
    }

    /// A cell of memory: the first of an object, or that whose index is the lowest bit of a register.
    struct Place: Hashable, Sendable {
        let object: Int
        var register: Int?
    }

    enum Instruction: Sendable {
        case load(into: Int, Place, Order)
        /// A constant, to which a register may be added.
        case store(Int, adding: Int?, Place, Order)
        /// Sequentially consistent; the register takes what was there.
        case xor(into: Int, Int, Place)
        /// A fence in every thread of the process, at some moment while this lasts.
        case processFence
        /// The thread ends here unless the register is even.
        case endUnlessEven(Int)
    }

    struct State: Hashable {
        /// Two cells for each object.
        var memory: [Int]
        var registers: [[Int]]
        /// Bit by bit, which instructions of each thread have taken effect.
        var done: [UInt64]
    }

    let rules: Rules
    let threads: [[Instruction]]

    /// All states in which nothing is left to do.
    func outcomes(objects: Int, registers: Int) -> Set<State> {
        var seen: Set<State> = []
        var outcomes: Set<State> = []
        var open = [
            State(
                memory: Array(repeating: 0, count: 2 * objects),
                registers: threads.map { _ in Array(repeating: 0, count: registers) },
                done: threads.map { _ in 0 })
        ]
        while let state = open.popLast() {
            let isOver = threads.indices.allSatisfy { state.done[$0].nonzeroBitCount == threads[$0].count }
            if isOver { outcomes.insert(state) }
            for thread in threads.indices {
                for index in threads[thread].indices where isReady(index, of: thread, in: state) {
                    let next = step(index, of: thread, in: state)
                    if seen.insert(next).inserted { open.append(next) }
                }
            }
        }
        return outcomes
    }

    private func isDone(_ index: Int, of thread: Int, in state: State) -> Bool { state.done[thread] >> index & 1 == 1 }

    private func isReady(_ index: Int, of thread: Int, in state: State) -> Bool {
        guard !isDone(index, of: thread, in: state) else { return false }
        let program = threads[thread]
        for earlier in 0..<index where !isDone(earlier, of: thread, in: state) {
            if isOrdered(program[earlier], before: program[index]) { return false }
        }
        guard case .processFence = program[index] else { return true }
        // A fence of another thread is where all before it has been done, and nothing after it.
        return threads.indices.allSatisfy { state.done[$0] & (state.done[$0] &+ 1) == 0 }
    }

    private func isOrdered(_ first: Instruction, before second: Instruction) -> Bool {
        if Self.written(first).map({ Self.read(second).contains($0) }) == true { return true }
        if let one = Self.place(first), let other = Self.place(second), one.object == other.object { return true }
        switch (first, second) {
        case (.processFence, _), (_, .processFence), (.xor, _), (_, .xor): return true
        case (.endUnlessEven, .load), (.endUnlessEven, .endUnlessEven): return rules == .x86
        case (.endUnlessEven, _), (_, .endUnlessEven): return true
        default: break
        }
        switch (rules, first, second) {
        case (.x86, .store(_, _, _, let order), .load): return order == .sequential
        case (.x86, _, _): return true
        case (.arm, .load(_, _, .sequential), _): return true
        case (.arm, _, .store(_, _, _, .release)), (.arm, _, .store(_, _, _, .sequential)): return true
        case (.arm, .store(_, _, _, .sequential), .load(_, _, .sequential)): return true
        default: return false
        }
    }

    private static func written(_ instruction: Instruction) -> Int? {
        switch instruction {
        case .load(let register, _, _), .xor(let register, _, _): register
        default: nil
        }
    }

    private static func read(_ instruction: Instruction) -> [Int] {
        switch instruction {
        case .load(_, let place, _), .xor(_, _, let place): [place.register].compactMap(\.self)
        case .store(_, let added, let place, _): [added, place.register].compactMap(\.self)
        case .endUnlessEven(let register): [register]
        case .processFence: []
        }
    }

    private static func place(_ instruction: Instruction) -> Place? {
        switch instruction {
        case .load(_, let place, _), .xor(_, _, let place), .store(_, _, let place, _): place
        default: nil
        }
    }

    private func step(_ index: Int, of thread: Int, in state: State) -> State {
        var state = state
        state.done[thread] |= 1 << index
        func cell(_ place: Place) -> Int {
            2 * place.object + (place.register.map { state.registers[thread][$0] & 1 } ?? 0)
        }
        switch threads[thread][index] {
        case .load(let register, let place, _):
            state.registers[thread][register] = state.memory[cell(place)]
        case .store(let value, let added, let place, _):
            state.memory[cell(place)] = value + (added.map { state.registers[thread][$0] } ?? 0)
        case .xor(let register, let value, let place):
            let cell = cell(place)
            state.registers[thread][register] = state.memory[cell]
            state.memory[cell] ^= value
        case .processFence:
            break
        case .endUnlessEven(let register) where state.registers[thread][register] & 1 == 1:
            // Values that were read ahead in vain are discarded.
            for later in threads[thread][(index + 1)...] {
                if let register = Self.written(later) { state.registers[thread][register] = 0 }
            }
            state.done[thread] = 1 << threads[thread].count - 1
        case .endUnlessEven:
            break
        }
        return state
    }
}
