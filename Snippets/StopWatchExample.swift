// How long pieces of work take, and how they divide among their parts.

import Timepiece

func work(milliseconds: Int) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
}

let root = StopWatch("root")
try await root.measure {
    let task1 = root.child("task1", maxIntervals: 5)
    try await task1.measure {
        try await work(milliseconds: 10)
        let subtask = task1.child("subtask1_1")
        try await subtask.measure { try await work(milliseconds: 30) }
        try await task1.child("subtask1_2").measure { try await work(milliseconds: 70) }
        try await task1.child("subtask1_3").measure { try await work(milliseconds: 90) }
        try await subtask.measure { try await work(milliseconds: 50) }
    }
    for _ in 0..<5 {
        try await root.child("task2").measure { try await work(milliseconds: .random(in: 0..<100)) }
    }
}
print(root)
