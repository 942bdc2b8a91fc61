import CSQLite
import Foundation
import Synchronization

/// What SQLite does to the files of one directory, in order, so that the disk as a power cut leaves
/// it can be made at any point.
///
/// It stands between SQLite and its usual VFS: every call goes on to that, and is noted first.
/// - Source: SQLite, "The OS Backend (VFS)".
enum RecordedDisk {
    /// One call.
    enum Call: Sendable {
        case write(file: String, offset: Int, bytes: [UInt8])
        case truncate(file: String, size: Int)
        case sync(file: String)
        case delete(file: String)
    }

    private struct State {
        var directory: String?
        var calls: [Call] = []
        var names: [UInt: String] = [:]
    }

    private static let state = Mutex(State())

    /// Calls noted so far.
    static var count: Int { state.withLock { $0.calls.count } }

    /// Notes what is done to files of `directory` while `body` runs, on this thread's databases and
    /// all others; one recording at a time.
    static func record(_ directory: String, _ body: () throws -> Void) throws -> [Call] {
        _ = installed
        state.withLock { $0 = State(directory: directory) }
        defer { state.withLock { $0.directory = nil } }
        try body()
        return state.withLock { $0.calls }
    }

    private static func note(_ file: UnsafeMutablePointer<sqlite3_file>?, _ call: (String) -> Call)
    {
        let key = UInt(bitPattern: file)
        state.withLock { state in
            guard state.directory != nil, let name = state.names[key] else { return }
            state.calls.append(call(name))
        }
    }

    // MARK: The layer between

    /// Registers the layer once, as the default for databases that are opened from now on.
    private static let installed: Bool = {
        guard let usual = unsafe sqlite3_vfs_find(nil) else { return false }
        unsafe usualVFS = usual
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe layer.initialize(to: usual.pointee)
        unsafe layer.pointee.zName = UnsafePointer(strdup("recorded"))
        unsafe layer.pointee.pNext = nil
        unsafe layer.pointee.xOpen = { vfs, path, file, flags, given in
            unsafe RecordedDisk.open(vfs, path, file, flags, given)
        }
        unsafe layer.pointee.xDelete = { vfs, path, isSynced in
            if let path = unsafe path { RecordedDisk.deleted(unsafe String(cString: path)) }
            guard let usual = unsafe usualVFS else { return SQLITE_ERROR }
            return unsafe usual.pointee.xDelete(usual, path, isSynced)
        }
        return unsafe sqlite3_vfs_register(layer, 1) == SQLITE_OK
    }()

    nonisolated(unsafe) private static var usualVFS: UnsafeMutablePointer<sqlite3_vfs>?
    /// Methods that note each call, and behind each the usual ones.
    nonisolated(unsafe) private static var layers: [Layer] = unsafe []

    /// The methods of a kind of file: SQLite's, behind those that note.
    @unsafe private struct Layer {
        let usual: UnsafePointer<sqlite3_io_methods>
        let noting: UnsafeMutablePointer<sqlite3_io_methods>
    }

    private static func usual(
        _ file: UnsafeMutablePointer<sqlite3_file>?
    ) -> sqlite3_io_methods {
        let methods = unsafe file?.pointee.pMethods
        let layer = unsafe layers.first { unsafe UnsafePointer($0.noting) == methods }
        guard let layer = unsafe layer else { preconditionFailure("the file was not opened here") }
        return unsafe layer.usual.pointee
    }

    private static func layered(
        _ usual: UnsafePointer<sqlite3_io_methods>
    ) -> UnsafeMutablePointer<sqlite3_io_methods> {
        if let known = unsafe layers.first(where: { unsafe $0.usual == usual }) {
            return unsafe known.noting
        }
        let noting = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        unsafe noting.initialize(to: usual.pointee)
        unsafe noting.pointee.xWrite = { file, bytes, count, offset in
            let data = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            unsafe RecordedDisk.note(file) { .write(file: $0, offset: Int(offset), bytes: data) }
            return unsafe RecordedDisk.usual(file).xWrite(file, bytes, count, offset)
        }
        unsafe noting.pointee.xTruncate = { file, size in
            unsafe RecordedDisk.note(file) { .truncate(file: $0, size: Int(size)) }
            return unsafe RecordedDisk.usual(file).xTruncate(file, size)
        }
        unsafe noting.pointee.xSync = { file, flags in
            let code = unsafe RecordedDisk.usual(file).xSync(file, flags)
            unsafe RecordedDisk.note(file) { .sync(file: $0) }
            return code
        }
        unsafe layers.append(Layer(usual: usual, noting: noting))
        return unsafe noting
    }

    private static func deleted(_ path: String) {
        state.withLock { state in
            guard let directory = state.directory, path.hasPrefix(directory) else { return }
            state.calls.append(.delete(file: String(path.dropFirst(directory.count + 1))))
        }
    }

    private static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?,
        _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: Int32,
        _ given: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let usual = unsafe usualVFS else { return SQLITE_ERROR }
        let code = unsafe usual.pointee.xOpen(usual, path, file, flags, given)
        guard code == SQLITE_OK, let path = unsafe path, let file = unsafe file else { return code }
        let name = unsafe String(cString: path)
        let key = UInt(bitPattern: file)
        let isNoted = state.withLock { state in
            guard let directory = state.directory, name.hasPrefix(directory + "/") else {
                state.names[key] = nil
                return false
            }
            state.names[key] = String(name.dropFirst(directory.count + 1))
            return true
        }
        guard isNoted else { return code }
        // Databases and logs have different methods; each keeps its own behind the same layer.
        unsafe file.pointee.pMethods = UnsafePointer(layered(file.pointee.pMethods))
        return code
    }
}

/// The files of a directory after some calls, and those of the calls that were not synced yet.
struct DiskState {
    private var synced: [String: [UInt8]]
    private var pending: [RecordedDisk.Call] = []

    /// Starts with what lay there before.
    init(_ files: [String: [UInt8]]) { synced = files }

    /// Goes on by one call.
    mutating func apply(_ call: RecordedDisk.Call) {
        switch call {
        case .sync(let file):
            for pending in pending where pending.file == file { Self.apply(pending, to: &synced) }
            pending.removeAll { $0.file == file }
        case .delete(let file):
            synced[file] = nil
            pending.removeAll { $0.file == file }
        case .write, .truncate: pending.append(call)
        }
    }

    /// What a power cut leaves: what was synced, and of the rest what `survives` says, in order, the
    /// last write perhaps torn at a sector.
    func left(_ survives: (Int) -> Bool, tearsLast: Bool) -> [String: [UInt8]] {
        var files = synced
        let kept = pending.indices.filter(survives)
        for index in kept {
            var call = pending[index]
            if tearsLast, index == kept.last, case .write(let file, let offset, let bytes) = call {
                let half = bytes.count / 2
                call = .write(
                    file: file,
                    offset: offset,
                    bytes: Array(bytes.prefix(half - half % 512))
                )
            }
            Self.apply(call, to: &files)
        }
        return files
    }

    /// How many calls a power cut may undo.
    var pendingCount: Int { pending.count }

    private static func apply(_ call: RecordedDisk.Call, to files: inout [String: [UInt8]]) {
        switch call {
        case .write(let file, let offset, let bytes):
            var data = files[file] ?? []
            if data.count < offset + bytes.count {
                data += [UInt8](repeating: 0, count: offset + bytes.count - data.count)
            }
            data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            files[file] = data
        case .truncate(let file, let size):
            let data = files[file] ?? []
            files[file] =
                data.count > size
                ? Array(data.prefix(size))
                : data + [UInt8](repeating: 0, count: size - data.count)
        case .sync, .delete: break
        }
    }
}

extension RecordedDisk.Call {
    fileprivate var file: String {
        switch self {
        case .write(let file, _, _), .truncate(let file, _), .sync(let file), .delete(let file):
            file
        }
    }
}
