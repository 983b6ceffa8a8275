import Testing

@testable import Timepiece

@Suite("A tree of laps")
struct LapTreeTests {
    private let tree = LapTree()
    private let outer = LapSeries()
    private let inner = LapSeries()

    @Test func `shows nothing of what is inside a lap before that ends`() {
        tree.stage(30, of: inner)
        #expect(inner.drain(tree.flip()).count == 0)
        tree.commit(100, of: outer)
        let flip = tree.flip()
        #expect(outer.drain(flip).sumNanoseconds == 100)
        #expect(inner.drain(flip).sumNanoseconds == 30)
    }

    @Test func `hands out each lap once`() {
        tree.commit(100, of: outer)
        #expect(outer.drain(tree.flip()).count == 1)
        #expect(outer.drain(tree.flip()).count == 0)
    }

    @Test func `counts nothing of an invalidated lap, and all of the next`() {
        tree.stage(30, of: inner)
        tree.invalidate()
        tree.commit(100, of: outer)
        tree.stage(5, of: inner)
        tree.commit(10, of: outer)
        let flip = tree.flip()
        #expect(outer.drain(flip).sumNanoseconds == 10)
        #expect(inner.drain(flip).sumNanoseconds == 5)
    }

    @Test func `keeps what is inside an outermost lap that does not count itself`() {
        tree.stage(30, of: inner)
        tree.commit()
        let flip = tree.flip()
        #expect(outer.drain(flip).count == 0)
        #expect(inner.drain(flip).count == 1)
    }

    @Test func `takes as many laps inside one as it says, and drops that one if there are more`() {
        for _ in 0..<LapTree.logLimit { tree.stage(1, of: inner) }
        tree.commit(.max, of: outer)
        #expect(inner.drain(tree.flip()).count == UInt64(LapTree.logLimit))
        for _ in 0...LapTree.logLimit { tree.stage(1, of: inner) }
        tree.commit(.max, of: outer)
        #expect(inner.drain(tree.flip()).count == 0)
    }

    @Test func `keeps an owner only as long as a staged lap may refer to it`() {
        final class Owner {}
        weak var early: Owner?
        weak var kept: Owner?
        weak var late: Owner?
        func keep() -> Owner {
            let owner = Owner()
            tree.keep(owner)
            return owner
        }
        early = keep()
        #expect(early == nil)
        tree.stage(30, of: inner)
        kept = keep()
        #expect(kept != nil)
        tree.invalidate()
        late = keep()
        #expect(late == nil)
        tree.commit(100, of: outer)
        #expect(kept == nil)
    }

    @Test
    func `never shows children that sum up to other than their part, and loses nothing, while a thread measures`() async
    {
        let rounds: UInt64 = 20_000
        let (tree, outer, inner) = (tree, outer, inner)
        async let measuring: Void = {
            for round in 1...rounds {
                tree.stage(round, of: inner)
                tree.stage(round, of: inner)
                tree.commit(2 * round + 1, of: outer)
            }
        }()
        var laps: UInt64 = 0
        var parts: UInt64 = 0
        var isConsistent = true
        for _ in 0..<500 {
            let flip = tree.flip()
            let (whole, part) = (outer.drain(flip), inner.drain(flip))
            isConsistent = isConsistent && whole.sumNanoseconds == part.sumNanoseconds + whole.count
            laps += whole.count
            parts += part.count
        }
        await measuring
        let flip = tree.flip()
        #expect(isConsistent)
        #expect(laps + outer.drain(flip).count == rounds)
        #expect(parts + inner.drain(flip).count == 2 * rounds)
    }
}
