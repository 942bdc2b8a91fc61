package import Ledger

/// What people call places, as alias entries say: by keys, street by street.
///
/// - Source: `Protocol/place.md` sections 3 and 6.
package struct AliasBook: Sendable {
    /// One alias in force.
    package struct Alias: Hashable, Sendable {
        /// The subject that says it.
        package let id: SubjectID
        /// Where people say it.
        package let scope: Scope
        /// What they say.
        package let text: String
        /// The address code that they mean.
        package let code: String

        /// Takes all fields.
        package init(id: SubjectID, scope: Scope, text: String, code: String) {
            self.id = id
            self.scope = scope
            self.text = text
            self.code = code
        }
    }

    /// Aliases of one place that mean the same words and different codes.
    package struct Conflict: Hashable, Sendable {
        /// Where both hold; who answers for it settles them.
        package let scope: Scope
        /// All of them, by code, then by subject.
        package let aliases: [Alias]

        /// The codes, each once.
        package var codes: [String] { Set(aliases.map(\.code)).sorted() }
    }

    /// All aliases, by subject.
    package let aliases: [Alias]
    /// Full names of divisions by their code.
    private let names: [String: String]
    /// Aliases that can hold in a street, by the key that they have there.
    private var indexes: [String: [String: [Alias]]] = [:]

    /// Takes aliases in force, in any order, and the names of the divisions, from which the
    /// context follows in which a text is read.
    package init(_ aliases: [Alias], names: [String: String]) {
        self.aliases = aliases.sorted { $0.id < $1.id }
        self.names = names
    }

    /// The names of city, district and street that hold a place, the widest first.
    package func context(of scope: Scope) -> [String] {
        [4, 6, 9].compactMap { names[String(scope.code.prefix($0))] }
    }

    /// What the words for a place read as, there.
    package func reading(_ text: String, in scope: Scope) -> PlaceReading {
        PlaceText.read(text, within: context(of: scope))
    }

    /// The aliases that words for a place have there, by code; several codes are a conflict.
    package mutating func meant(by text: String, in scope: Scope) -> [Alias] {
        guard !aliases.isEmpty, let key = reading(text, in: scope).key else { return [] }
        return found(key, in: scope)
    }

    /// Every conflict, by place.
    package mutating func conflicts() -> [Conflict] {
        var conflicts: [Conflict] = []
        for scope in Set(aliases.map(\.scope)).sorted() {
            for key in index(of: scope).keys.sorted() {
                let found = found(key, in: scope)
                guard Set(found.map(\.code)).count > 1, found.contains(where: { $0.scope == scope })
                else { continue }
                conflicts.append(Conflict(scope: scope, aliases: found))
            }
        }
        return conflicts
    }

    private mutating func found(_ key: String, in scope: Scope) -> [Alias] {
        (index(of: scope)[key] ?? []).filter { $0.scope.covers(scope) }
            .sorted { ($0.code, $0.id) < ($1.code, $1.id) }
    }

    /// Keys compare only within one context, which is that of the street.
    private mutating func index(of scope: Scope) -> [String: [Alias]] {
        let street = String(scope.code.prefix(9))
        if let index = indexes[street] { return index }
        var index: [String: [Alias]] = [:]
        for alias in aliases where alias.scope.covers(scope) || alias.scope.code.hasPrefix(street) {
            if let key = reading(alias.text, in: scope).key {
                index[key, default: []].append(alias)
            }
        }
        indexes[street] = index
        return index
    }
}
