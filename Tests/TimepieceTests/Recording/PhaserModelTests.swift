import Testing

/// ``Phaser`` and ``ProcessFence`` in every order of their instructions that x86 and Armv8 allow.
@Suite("The phaser's order of memory accesses")
struct PhaserModelTests {
    private typealias Place = WeakMachine.Place

    // The objects of a phaser and what it protects.
    private static let visits = Place(object: 0)
    private static let control = Place(object: 1)
    private static func slot(_ register: Int) -> Place { Place(object: 2, register: register) }

    /// How a phaser does it, and where it could be weaker.
    private struct Variant {
        var enter: WeakMachine.Order
        var leave = WeakMachine.Order.release
        var readersFence = false
    }

    /// `Phaser.enter()`, an addition that is not atomic, `Phaser.leave()`; the given number of times.
    private static func writer(_ variant: Variant, times: Int) -> [WeakMachine.Instruction] {
        (0..<times).flatMap { time -> [WeakMachine.Instruction] in
            let (turn, count) = (2 * time, 2 * time + 1)
            return [
                .store(2 * time + 1, adding: nil, visits, variant.enter),
                .load(into: turn, control, .sequential),
                .load(into: count, slot(turn), .relaxed),
                .store(1, adding: count, slot(turn), .relaxed),
                .store(2 * time + 2, adding: nil, visits, variant.leave),
            ]
        }
    }

    /// `Phaser.flip()`, and, if the writer is out, taking the contents of the slot; the given number of times.
    private static func reader(_ variant: Variant, times: Int) -> [WeakMachine.Instruction] {
        (0..<times).flatMap { time -> [WeakMachine.Instruction] in
            let (turn, visit, count) = (3 * time, 3 * time + 1, 3 * time + 2)
            var instructions: [WeakMachine.Instruction] = [.xor(into: turn, 1, control)]
            if variant.readersFence { instructions.append(.processFence) }
            instructions.append(.load(into: visit, visits, .sequential))
            instructions.append(.endUnlessEven(visit))
            instructions.append(.load(into: count, slot(turn), .relaxed))
            instructions.append(.store(0, adding: nil, slot(turn), .relaxed))
            return instructions
        }
    }

    /// The taken and the remaining part of all additions, in each outcome.
    private func sums(_ variant: Variant, _ rules: WeakMachine.Rules) -> Set<Int> {
        let machine = WeakMachine(
            rules: rules, threads: [Self.writer(variant, times: 2), Self.reader(variant, times: 2)])
        return Set(
            machine.outcomes(objects: 3, registers: 6).map { state in
                state.memory[4] + state.memory[5] + state.registers[1][2] + state.registers[1][5]
            })
    }

    @Test func `loses nothing on Armv8, where the writer's store and load are sequentially consistent`() {
        #expect(sums(Variant(enter: .sequential), .arm) == [2])
    }

    @Test func `loses nothing on x86, where readers fence for the writer`() {
        #expect(sums(Variant(enter: .relaxed, readersFence: true), .x86) == [2])
    }

    @Test func `loses nothing on x86 where each fences for itself`() {
        #expect(sums(Variant(enter: .sequential), .x86) == [2])
    }

    @Test(arguments: [WeakMachine.Rules.arm, .x86])
    func `would lose a record without any fence`(rules: WeakMachine.Rules) {
        #expect(sums(Variant(enter: .relaxed), rules) != [2])
    }

    @Test func `would lose a record on Armv8 if the writer left without a release`() {
        #expect(sums(Variant(enter: .sequential, leave: .relaxed), .arm) != [2])
    }
}
