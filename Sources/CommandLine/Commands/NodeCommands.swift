internal import Cases
internal import Crypto
internal import Foundation
internal import Ledger
internal import NodeRuntime

extension Program {
    private static let protect = Command.Flag(
        "protect",
        Label("以口令加密节点的密钥", "encrypt the node's keys under a passphrase")
    )

    /// Commands that make, join and run nodes.
    package static let nodeCommands: [Command] = [
        Command(
            "found",
            ["HOME"],
            flags: [name, scope, listen, protect, .passphrase, FreeText.allowPersonal],
            group: .node,
            Label("创建新台账及其首个节点", "new ledger and its founding node"),
            run: Founding.found
        ),
        Command(
            "init",
            ["HOME"],
            flags: [name, scope, level, listen, protect, .passphrase, FreeText.allowPersonal],
            group: .node,
            Label("建立节点目录并写出入网申请", "home and request of a node not yet enrolled"),
            run: Founding.initialize
        ),
        Command(
            "enrol",
            ["REQUEST"],
            flags: [
                Command.Flag("output", "FILE", Label("邀请函写到此文件", "where the invitation goes")),
                NodeFlags.fingerprint,
            ] + Command.Flag.signing,
            group: .node,
            Label("核对入网申请并签发邀请函", "check a request and write the invitation"),
            run: Enrolling.enrol
        ),
        Command(
            "join",
            ["INVITATION"],
            flags: [peer, NodeFlags.fingerprint, ScopesCommand.join],
            group: .node,
            Label("凭邀请函加入台账", "bind the home to the ledger of an invitation"),
            run: Enrolling.join
        ),
        Command(
            "run",
            group: .node,
            Label("前台运行节点, 直至收到 SIGTERM", "run the node in the foreground until SIGTERM"),
            run: Running.run
        ),
        Command(
            "sync",
            flags: [
                Command.Flag(
                    "peer",
                    "HOST:PORT",
                    Label("本次还要连接的节点, 不写入配置", "a node to dial too, this time only")
                ),
                Command.Flag("timeout", "SECONDS", Label("最长等待", "longest wait, 60 if not given")),
            ],
            group: .node,
            Label("与各节点同步一轮后退出", "one round with peers, then exit"),
            run: Running.sync
        ),
        Command(
            "status",
            group: .node,
            Label("本节点持有什么、有多新", "what is held and how fresh it is"),
            run: StatusCommands.status
        ),
        Command(
            "peers",
            flags: [
                Command.Flag("add", "HOST:PORT", Label("添加要连接的节点", "add a node to dial"))
            ],
            group: .node,
            Label("连接情况", "sessions and endpoints"),
            run: StatusCommands.peers
        ),
        scopesCommand,
        doctorCommand,
        refusedCommand,
        Command(
            "roster",
            flags: [
                Command.Flag(
                    "contested",
                    Label("列出权限终止后写入的条目", "entries beyond the end of a right")
                )
            ],
            group: .node,
            Label("节点名册与权限", "nodes and their rights"),
            run: RosterCommand.run
        ),
        Command(
            "end",
            ["NODE"],
            flags: [
                NodeFlags.reason, NodeFlags.size,
                Command.Flag(
                    "grant",
                    "DIGITS",
                    Label("更换密钥后终止哪一项授权", "which grant, if its keys were changed")
                ),
                FreeText.allowPersonal,
            ] + Command.Flag.signing,
            group: .node,
            Label("终止一个节点的权限", "end a node's right"),
            run: Enrolling.end
        ),
    ]

    private static let name = Command.Flag("name", "N", Label("节点名称", "what people call the node"))
    private static let scope = Command.Flag(
        "scope",
        "CODE",
        Label("区划代码(4、6、9 或 12 位)", "division code of 4, 6, 9 or 12 digits")
    )
    private static let level = Command.Flag(
        "level",
        "L",
        Label("层级", "city, district, street, department or auditor")
    )
    private static let listen = Command.Flag(
        "listen",
        "HOST:PORT",
        Label("监听地址", "where to listen; without it the node only dials")
    )
    private static let peer = Command.Flag(
        "peer",
        "HOST:PORT",
        Label("要连接的节点", "a node to dial")
    )
}
