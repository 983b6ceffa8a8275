#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory of zeros for a table of which little may ever be used: pages of the kernel's, which gives each when it is first
/// touched, or of the heap where it has none.
@safe package struct ZeroedPages: @unchecked Sendable {
    // Sendable: it only says where the memory is. Its owner says who uses and who frees it.

    package let start: UnsafeMutableRawPointer
    private let size: Int
    private let isMapped: Bool

    package init(size: Int) {
        #if canImport(Darwin)
            let flags = MAP_PRIVATE | MAP_ANON
        #else
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
        #endif
        let pages = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)
        self.size = size
        isMapped = unsafe pages != MAP_FAILED
        if let pages = unsafe pages, isMapped {
            unsafe start = pages
        } else {
            unsafe start = .allocate(byteCount: size, alignment: 64)
            unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        }
    }

    package func free() {
        if isMapped { unsafe munmap(start, size) } else { unsafe start.deallocate() }
    }
}
