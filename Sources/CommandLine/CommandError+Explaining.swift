internal import Audit
internal import Cases
internal import Foundation
internal import Ledger
internal import NodeRuntime
internal import Replication
internal import Storage
internal import Transport

extension CommandError {
    /// What an error of the layers below means to a person, with the exit code and what to do.
    init(explaining error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as HomeError: self.init(home: error)
        case let error as KeeperError:
            self.init(.unknown, error.description, hint: Self.hint(error))
        case let error as AppendError: self.init(append: error)
        case let error as SQLiteError:
            self.init(
                .unknown,
                error.description,
                hint: error.isFull
                    ? "free space on the disk; what failed was not written"
                    : error.isBusy
                        ? "another process holds the database; try again"
                        : error.isReadOnly
                            ? "the home or its disk can not be written to: look at owner and mount"
                            : error.isCorrupt ? "restore the home from a backup" : nil
            )
        case .tooOld as StoreError:
            self.init(
                .unknown,
                String(describing: error),
                hint:
                    "make a new home and linli sync, or linli bundle read what the old program writes"
            )
        case let error as StoreError:
            self.init(.unknown, error.description, hint: "linli verify names what is wrong")
        case let error as Fence.Failure:
            self.init(.unknown, error.description, hint: "nothing is signed without its fence")
        case .notEmpty as LogExportError:
            self.init(.bad, String(describing: error), hint: "name another directory")
        case let error as LogExportError: self.init(.unknown, error.description)
        case let error as EvidenceError:
            self.init(error.isUnreadable ? .unknown : .bad, error.description)
        case let error as AuditFileError: self.init(.bad, error.description)
        case let error as AuditFileFailure: self.init(.unknown, error.description)
        case .exists as BundleFileError:
            self.init(.bad, String(describing: error), hint: "name another file, or remove it")
        case let error as BundleFileError: self.init(.unknown, error.description)
        case .exists as BackupError:
            self.init(.bad, String(describing: error), hint: "name another file, or remove it")
        case .absent as BackupError: self.init(.unknown, String(describing: error))
        case .noBackup as BackupError:
            self.init(.bad, String(describing: error), hint: "linli backup makes one")
        case let error as BackupError:
            self.init(.bad, error.description, hint: "take another backup; nothing was restored")
        case .otherHistory as RewindError:
            self.init(.bad, String(describing: error), hint: "linli frontier show FILE")
        case let error as RewindError:
            self.init(.unknown, error.description, hint: "linli frontier show FILE; linli sync")
        case .version as BundleError:
            self.init(.unknown, String(describing: error), hint: "install a newer linli")
        case let error as BundleError:
            self.init(.bad, error.description, hint: "nothing was taken; copy the file again")
        case let error as RemoteError:
            let code = Int32(exactly: error.code).flatMap(ExitCode.init) ?? .unknown
            self.init(code, error.message, hint: error.hint)
        case .unknownCode(let flag, _, _) as CaseDraftError:
            self.init(.usage, String(describing: error), hint: "linli codes \(flag)")
        case let error as CaseDraftError: self.init(.usage, error.description)
        case let error as ImportMapError: self.init(.usage, error.description)
        case let error as ImportError:
            self.init(.usage, error.description, hint: "compare the file's header with the map")
        case let error as RequestError:
            self.init(.bad, error.description, hint: "have the text sent again, unchanged")
        case TransportError.system(call: "bind", code: EADDRINUSE):
            self.init(
                .unknown,
                String(describing: error),
                hint: "another program listens there: ss -ltnp names it;"
                    + " or change \"listen\" in config.json"
            )
        case let error as TransportError: self.init(.unknown, error.description)
        default: self.init(.unknown, String(describing: error))
        }
    }

    private init(home error: HomeError) {
        switch error {
        case .missing:
            self.init(.unknown, error.description, hint: "linli init or linli found makes one")
        case .permissions(let path, _):
            self.init(.unknown, error.description, hint: "chmod 600 \(path)")
        case .locked:
            self.init(
                .unknown,
                error.description,
                hint: "a daemon takes operations over its socket; wait for another command"
            )
        case .notJoined:
            self.init(.unknown, error.description, hint: "linli join INVITATION")
        case .exists:
            self.init(
                .bad,
                error.description,
                hint: "name another directory; one that was cut short while it was made can go"
            )
        case .joined, .wrongPassphrase: self.init(.bad, error.description)
        case .wantsPassphrase:
            self.init(
                .usage,
                error.description,
                hint: "--home-passphrase-fd N, or a credential of systemd's: docs/keys.md"
            )
        case .noPassphrase, .openingsWait:
            self.init(.unknown, error.description, hint: "nothing was changed")
        case .inTheWay:
            self.init(.bad, error.description, hint: "name another directory; nothing was changed")
        case .pathTooLong:
            self.init(.usage, error.description, hint: "name a directory with a shorter path")
        case .systemCall(_, let path, EACCES):
            self.init(.unknown, error.description, hint: Self.ownerHint(path))
        case .systemCall(action: "open", let path, ENOENT) where path.hasSuffix(".pem"):
            self.init(.unknown, error.description, hint: Self.keyHint)
        case .notAFile, .unreadableKey:
            self.init(.unknown, error.description, hint: Self.keyHint)
        case .configuration:
            self.init(
                .unknown,
                error.description,
                hint: "mend the file; Nodes/config.street.json is a sample"
            )
        case .systemCall: self.init(.unknown, error.description)
        }
    }

    private static let keyHint =
        "restore the file from a copy of the home: with a new key it would be another node"

    /// Whose file it is that this user may not touch, as far as that can be seen.
    private static func ownerHint(_ path: String) -> String {
        var folder = URL(filePath: path)
        let manager = FileManager.default
        while folder.pathComponents.count > 1 {
            let attributes = try? manager.attributesOfItem(atPath: folder.path)
            if let owner = attributes?[.ownerAccountName] as? String {
                return "run it as the user the home belongs to: runuser -u \(owner) -- linli …"
            }
            folder.deleteLastPathComponent()
        }
        return "run it as the user the home belongs to"
    }

    private init(append error: AppendError) {
        switch error {
        case .notJoined: self.init(.unknown, "the home belongs to no ledger yet")
        case .notEnrolled:
            self.init(
                .unknown,
                "this node has not yet seen the entry that enrols it",
                hint: "linli sync, with a peer that has it"
            )
        case .unknownSubject: self.init(.bad, "the case is not held here", hint: "linli sync")
        case .refused(_, let verdict): self.init(.bad, Self.text(verdict))
        case .noAuthority(_, let verdict): self.init(.bad, Self.text(verdict))
        case .draft(_, let error): self.init(.usage, error.description)
        case .moved: self.init(.unknown, "the log went on meanwhile", hint: "try again")
        case .notSigned: self.init(.bad, "the entry is not signed by the author it names")
        case .tooManyHeads(_, let count):
            self.init(.bad, "the case has \(count) concurrent heads, want at most 256")
        }
    }

    private static func hint(_ error: KeeperError) -> String? {
        switch error {
        case .stopped:
            "nothing was written; remove HOME/stopped only when no other copy of this node is alive"
                + " and its log is whole again"
        case .behindFence(held: 0, _):
            "the database was lost: restore a copy of the home, or enrol a new one; joining again"
                + " is no way out (Nodes/README.md)"
        case .behindFence:
            "nothing was written; linli sync with a peer takes back what is missing"
        case .besideFence, .peer:
            "nothing was written; keep the home as it is and ask the district's administrator"
        case .fence: "nothing more is signed until the fence can be written"
        case .restored: "have request.txt enrolled by the office above, then linli join INVITATION"
        case .otherInvitation: "ask for the invitation that answers this home's request.txt"
        }
    }

    /// Why an entry would have no effect.
    static func text(_ verdict: EntryVerdict) -> String { verdict.label.en }

    static func text(_ right: RightVerdict) -> String { right.label.en }
}
