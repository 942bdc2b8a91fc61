import CommandLine
import Foundation

// Foundation would mend bytes that are not UTF-8; what a person did not write must not be signed.
let arguments = (0..<Int(Swift.CommandLine.argc)).map { index in
    unsafe Swift.CommandLine.unsafeArgv[index].flatMap { unsafe String(validatingCString: $0) }
}
guard !arguments.contains(nil) else {
    FileHandle.standardError.write(Data("linli: error: an argument is not UTF-8\n".utf8))
    FileHandle.standardError.write(Data("hint: set the terminal to UTF-8\n".utf8))
    exit(64)
}
let environment = ProcessInfo.processInfo.environment
exit(await Program.run(arguments.compactMap { $0 }, environment: environment))
