import Timepiece

func sleep(milliseconds: Int) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
}

let root = Timepiece.StopWatch("root")
try await root.measure {
    let task1 = root.child("task1", maxIntervals: 5)
    try await task1.measure {
        try await sleep(milliseconds: 1)
        let subtask = task1.child("subtask1_1")
        try await subtask.measure { try await sleep(milliseconds: 3) }
        try await task1.child("subtask1_2").measure { try await sleep(milliseconds: 7) }
        try await task1.child("subtask1_3").measure { try await sleep(milliseconds: 9) }
        try await subtask.measure { try await sleep(milliseconds: 5) }
    }
    for _ in 0..<5 {
        try await root.child("task2").measure { try await sleep(milliseconds: .random(in: 0..<10)) }
    }
}
print(root)
