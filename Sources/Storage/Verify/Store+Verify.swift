internal import Audit
internal import Crypto
internal import Foundation

extension Store {
    /// Verifies a home from its stored bytes, and all that is derived from them.
    ///
    /// Every log is hashed again from its entries, every author's signature checked, the roster
    /// computed again. Then tree, indexes and view are built a second time in a database of their
    /// own and compared row by row. Nothing in the home is changed; a writer may go on meanwhile,
    /// of whose later work nothing is seen.
    ///
    /// Local diaries carry no proof and are not looked at: who was refused and when, when evidence
    /// was found, and under which secret an import is remembered.
    ///
    /// - Parameters:
    ///   - job: what to verify.
    ///   - progress: told now and then, on the calling thread.
    /// - Returns: the report; what keeps it from an answer stands there too.
    package static func verify(
        _ job: VerifyJob,
        progress: (VerifyProgress) -> Void = { _ in }
    ) -> VerifyReport {
        let folder: ScratchFolder
        do {
            folder = try ScratchFolder(in: job.scratchDirectory, for: .verify)
        } catch {
            var report = VerifyReport()
            report.reason = "\(error)"
            return report
        }
        var job = job
        do {
            job.databasePath = try readable(job.databasePath, folder.path)
        } catch {
            var report = VerifyReport()
            report.reason = "the database can not be copied to \(job.scratchDirectory): \(error)"
            return report
        }
        return withoutActuallyEscaping(progress) { progress in
            let verifier = HomeVerifier(job, scratchPath: folder.path + "/rebuilt.db", progress)
            return withExtendedLifetime(folder) { verifier.run() }
        }
    }

    /// The database itself; a copy of one that has a write-ahead log and lies where nothing can be
    /// written, since SQLite then can not read it.
    private static func readable(_ path: String, _ folder: String) throws -> String {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        let manager = FileManager.default
        guard Database.isReadOnly(directory: directory), manager.fileExists(atPath: path + "-wal")
        else { return path }
        let copy = folder + "/copy.db"
        for suffix in ["", "-wal"] {
            try manager.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
        return copy
    }
}
