internal import Cases

extension ReportSection {
    static func mediation(_ figures: MediationFigures) -> ReportSection {
        func decided(_ code: String) -> ReportRow.Value { .count(figures.decisions[code] ?? 0) }
        return ReportSection(
            "mediation",
            "调解",
            "mediation",
            [
                ReportRow(
                    "mediationRate",
                    "调解率 (启动调解/纠纷案件)",
                    "mediation rate (cases mediated / dispute cases)",
                    .share(figures.rate)
                ),
                ReportRow("opened", "启动调解", "mediations opened", .count(figures.opened)),
                ReportRow(
                    "mediationSuccess",
                    "调解成功率 (达成协议/调解结束)",
                    "success (agreements / mediations ended)",
                    .share(figures.success)
                ),
                ReportRow(
                    "refusedTalks",
                    "当事人拒绝而终止",
                    "ended, refused",
                    .count(figures.refused)
                ),
                ReportRow(
                    "withdrawnTalks",
                    "撤回申请而终止",
                    "ended, withdrawn",
                    .count(figures.withdrawn)
                ),
                ReportRow(
                    "performanceRate",
                    "按期履行率 (按期完成/到期事项)",
                    "performance (items done on time / items due)",
                    .share(figures.performance)
                ),
                ReportRow(
                    "itemsWithoutTerm",
                    "未定期限的事项",
                    "items without a term",
                    .count(figures.itemsWithoutTerm)
                ),
                ReportRow(
                    "confirmationApplied",
                    "申请司法确认",
                    "confirmation applied for",
                    .count(figures.applied)
                ),
                ReportRow(
                    "confirmed",
                    "确认有效",
                    "confirmed",
                    decided("confirmed")
                ),
                ReportRow(
                    "confirmationRejected",
                    "驳回申请",
                    "rejected by the court",
                    decided("rejected")
                ),
                ReportRow(
                    "confirmationWithdrawn",
                    "撤回确认申请",
                    "application withdrawn",
                    decided("withdrawn")
                ),
            ]
        )
    }

    static func custody(_ figures: CustodyFigures) -> ReportSection {
        ReportSection(
            "custody",
            "流转与督办",
            "custody and supervision",
            [
                ReportRow("moved", "有过移交的案件", "cases that changed hands", .count(figures.moved)),
                ReportRow("hops", "移交次数", "hops", .count(figures.hops)),
                ReportRow("escalated", "提请上级", "escalated", .count(figures.escalated)),
                ReportRow("pingPong", "往返", "ping-pong", .count(figures.pingPong)),
                ReportRow(
                    "disputedCustody",
                    "责任有争议",
                    "disputed custody",
                    .count(figures.disputed)
                ),
                ReportRow(
                    "offices",
                    "各单位接收 (拒收/已答复; 等待)",
                    "answers by office (rejected / answered; waiting)",
                    .offices(figures.offices)
                ),
                ReportRow("urged", "催办", "urged", .count(figures.urged)),
                ReportRow("cards", "督办牌", "supervision cards", .codes(figures.cards, .cards)),
                ReportRow(
                    "rectified",
                    "按期整改 (按期/到期)",
                    "put right in time (of those due)",
                    .share(figures.rectified)
                ),
            ]
        )
    }

    static func records(_ figures: RecordFigures) -> ReportSection {
        ReportSection(
            "records",
            "预警、议事、公约、活动、租住房屋",
            "alerts, councils, covenants, activities, dwellings",
            [
                ReportRow("alerts", "预警", "alerts", .codes(figures.alerts, .alertKinds)),
                ReportRow(
                    "alertsConfirmed",
                    "预警属实 (属实/已核查)",
                    "alerts confirmed (of those judged)",
                    .share(figures.confirmed)
                ),
                ReportRow("alertsOpen", "预警待核查", "alerts open", .count(figures.openAlerts)),
                ReportRow(
                    "alertToVisit",
                    "预警至上门",
                    "alert to visit",
                    .durations(figures.visited)
                ),
                ReportRow("councils", "议事", "councils", .count(figures.councils)),
                ReportRow("proposals", "建议", "proposals", .count(figures.proposals)),
                ReportRow(
                    "adopted",
                    "表决通过 (通过/已表决)",
                    "adopted (of those voted on)",
                    .share(figures.adopted)
                ),
                ReportRow(
                    "resolved",
                    "形成决议 (决议/已结束)",
                    "resolved (of those ended)",
                    .share(figures.resolved)
                ),
                ReportRow(
                    "fulfilled",
                    "决议落实 (已落实/决议)",
                    "carried out (of resolutions)",
                    .share(figures.fulfilled)
                ),
                ReportRow(
                    "overdueResolutions",
                    "决议超期未落实",
                    "resolutions overdue",
                    .count(figures.overdueResolutions)
                ),
                ReportRow(
                    "facilitators",
                    "促动师主持场次",
                    "sessions by facilitator",
                    .codes(figures.facilitators, nil)
                ),
                ReportRow("covenants", "现行公约", "covenants in force", .count(figures.covenants)),
                ReportRow(
                    "breaches",
                    "违反公约",
                    "breaches of covenants",
                    .count(figures.breaches)
                ),
                ReportRow(
                    "activities",
                    "培训、巡查、服务",
                    "trainings, patrols, services",
                    .codes(figures.activities, .activityKinds)
                ),
                ReportRow("dwellings", "租住房屋", "dwellings let", .count(figures.dwellings)),
                ReportRow(
                    "mismatches",
                    "人房不符 (不符/租住房屋)",
                    "mismatches (of dwellings)",
                    .share(figures.mismatches)
                ),
            ]
        )
    }
}
