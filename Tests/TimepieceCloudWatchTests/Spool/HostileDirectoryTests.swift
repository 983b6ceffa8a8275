import Glibc
import Testing
import Timepiece
@testable import TimepieceCloudWatch

/// Files that another user of the machine could have put in the place of the spool.
struct HostileDirectoryTests {
    private let folder = SpoolFolder()

    /// Whose files are one's own in a test: another user's, for whom the test's own files are a stranger's.
    private let stranger = geteuid() + 1

    /// Checks the place of the spool for a user.
    private func check(_ path: String, user: uid_t = geteuid()) -> SpoolError? {
        do throws(SpoolError) {
            _ = try SpoolFiles(path, user: user)
            return nil
        } catch {
            return error
        }
    }

    private func expectUntrusted(_ error: SpoolError?, _ words: String, _ location: SourceLocation = #_sourceLocation) {
        #expect(error?.kind == .untrusted, sourceLocation: location)
        #expect(
            error?.description.contains(words) ?? false, "\(error?.description ?? "taken")", sourceLocation: location)
    }

    @Test func `A directory that others can write to is not used, and nothing is made there`() {
        for mode: mode_t in [0o777, 0o770, 0o722] {
            unsafe chmod(folder.directory, mode)
            expectUntrusted(check(folder.path), "other users can write to the directory")
            #expect(folder.size == -1)
        }
    }

    @Test func `In a sticky directory of all users the files are made, and protected from others`() throws {
        unsafe chmod(folder.directory, 0o1777)
        let spool = try Spool(path: folder.path, destination: "here", boot: "boot-1")
        _ = try spool.store([QueuedDatum(datum: .sample(1))])
        for end in ["", "-journal", "-wal"] {
            var status = stat()
            #expect(unsafe lstat(folder.path + end, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
        }
        #expect(try spool.summary().count == 1)
    }

    @Test func `A directory of another user is not used`() {
        unsafe chown(folder.directory, stranger, getegid())
        // A user that may not give it away looks at it as another user.
        expectUntrusted(check(folder.path, user: geteuid() == 0 ? 0 : stranger), "belongs to another user")
        unsafe chown(folder.directory, geteuid(), getegid())
    }

    @Test func `A directory inside one of another user is not used`() {
        let inner = folder.directory + "/inner"
        unsafe mkdir(inner, 0o700)
        unsafe chown(folder.directory, stranger, getegid())
        expectUntrusted(check(inner + "/spool", user: geteuid() == 0 ? 0 : stranger), "belongs to another user")
        unsafe chown(folder.directory, geteuid(), getegid())
        unsafe chmod(folder.directory, 0o777)
        expectUntrusted(check(inner + "/spool"), "other users can write to the directory")
        unsafe rmdir(inner)
    }

    @Test func `A link in place of the directory is not followed`() {
        let link = folder.directory + "/link"
        let inner = folder.directory + "/inner"
        unsafe mkdir(inner, 0o700)
        unsafe symlink(inner, link)
        expectUntrusted(check(link + "/spool"), "is not a directory")
        unsafe unlink(link)
        unsafe rmdir(inner)
    }

    @Test(arguments: ["", "-journal", "-wal", "-shm", ".damaged"])
    func `A link, a pipe, a second name and a file of others are not touched`(end: String) throws {
        let place = folder.path + end
        let victim = folder.directory + "/victim"
        folder.write([1, 2, 3], to: victim)

        unsafe symlink(victim, place)
        expectUntrusted(check(folder.path), "is not a regular file")
        unsafe unlink(place)

        unsafe mkfifo(place, 0o600)
        expectUntrusted(check(folder.path), "is not a regular file")
        unsafe unlink(place)

        unsafe link(victim, place)
        expectUntrusted(check(folder.path), "has 2 names")
        unsafe unlink(place)

        folder.write([1], to: place)
        unsafe chmod(place, 0o666)
        expectUntrusted(check(folder.path), "other users can write to it")
        unsafe chmod(place, 0o600)
        if geteuid() == 0 { unsafe chown(place, stranger, getegid()) }
        expectUntrusted(check(folder.path, user: geteuid() == 0 ? 0 : stranger), "belongs to another user")
        #expect(folder.read(place) == [1])
        #expect(folder.read(victim) == [1, 2, 3])
        unsafe unlink(place)
        unsafe unlink(victim)
    }

    @Test func `A journal that names another file for deletion is not read`() throws {
        // The text that SQLite writes at the end of a journal of a transaction over several files.
        let victim = folder.directory + "/victim"
        folder.write([1, 2, 3], to: victim)
        let spool = try Spool(path: folder.path, destination: "here", boot: "boot-1")
        _ = try spool.store([QueuedDatum(datum: .sample(1))])
        unsafe unlink(folder.path + "-journal")
        let planted = folder.directory + "/planted"
        folder.write(Array(victim.utf8), to: planted)
        unsafe symlink(planted, folder.path + "-journal")
        expectUntrusted(check(folder.path), "is not a regular file")
        #expect(folder.read(victim) == [1, 2, 3])
        unsafe unlink(planted)
        unsafe unlink(victim)
    }

    @Test func `Metrics stay in memory, and the status says why`() throws {
        let server = try FaultServer.get()
        unsafe chmod(folder.directory, 0o777)
        let publisher = try CloudWatchPublisher(.test(endpoint: server.address("none", "hostile"), spool: folder.path))
        #expect(eventually { publisher.status.lastError?.contains("other users can write") ?? false })
        #expect(publisher.status.lastError?.hasSuffix("Metrics that cannot be sent stay in memory.") ?? false)
        #expect(publisher.status.spoolError == publisher.status.lastError)
        publisher.publish(.of(5), closedAt: .now())
        publisher.close(within: .seconds(20))
        #expect(publisher.status.sent.samples == 5)
        #expect(folder.size == -1)
    }

    @Test func `Why it is not used stays in the status when another failure follows at once`() throws {
        unsafe chmod(folder.directory, 0o777)
        let publisher = try CloudWatchPublisher(.test(endpoint: "http://127.0.0.1:1", spool: folder.path))
        publisher.publish(.of(5), closedAt: .now())
        publisher.close(within: .seconds(1))
        #expect(publisher.status.lastError?.contains("No connection") ?? false)
        #expect(publisher.status.spoolError?.contains("other users can write") ?? false)
    }

    @Test func `The standard spool of a service is in the directory that systemd made for it`() {
        let variables = ["STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "XDG_STATE_HOME": "/s", "HOME": "/h"]
        #expect(SpoolLocation.standard(Environment(variables)) == "/var/lib/a/timepiece/cloudwatch.sqlite")
    }
}
