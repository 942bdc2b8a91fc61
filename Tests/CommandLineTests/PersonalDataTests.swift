import Testing

@testable import CommandLine

struct PersonalDataTests {
    @Test(arguments: [
        ("13800138000", PersonalData.mobile),
        ("电话13800138000,下午在家", .mobile),
        ("138 0013 8000", .mobile),
        ("138-0013-8000", .mobile),
        ("+86 13800138000", .mobile),
        ("+8613800138000", .mobile),
        ("008613800138000", .mobile),
        ("10栋 13800138000", .mobile),
        ("13800138000x2", .mobile),
        ("１３８００１３８０００", .mobile),
        // The example of GB 11643-1999.
        ("11010519491231002X", .residentID),
        ("证号11010519491231002x。", .residentID),
        ("110105 19491231 002X", .residentID),
        ("440524188001010014", .residentID),
        ("4111111111111111", .bankCard),
        ("卡号 4111 1111 1111 1111", .bankCard),
        ("6200-0000-0000-0000-000", .bankCard),
    ])
    func aNumberOfAPersonIsFound(text: String, kind: PersonalData) {
        #expect(PersonalData.found(in: text) == kind)
    }

    @Test(arguments: [
        "", "楼上漏水", "3栋2单元501室", "2026-11-23 15:04:05", "20261123 150405",
        "330113002-20261123-1a2b-7",
        // One digit less and one more than a telephone number, and one that begins with 12.
        "1380013800", "138001380001", "12800138000",
        // Neither check sign fits.
        "110105194912310021", "4111111111111112",
        // The check sign fits, the date is none.
        "110105194913310022",
        "0571-87654321", "金额 1200000 元", "138 001 38000",
    ])
    func otherNumbersAreLeftAlone(text: String) {
        #expect(PersonalData.found(in: text) == nil)
    }

    @Test func everyOtherCheckSignOfAnIdentityNumberIsRefused() {
        let signs = Array("0123456789X")
        let found = signs.filter { PersonalData.found(in: "11010519491231002\($0)") == .residentID }
        #expect(found == ["X"])
    }
}
