import Foundation

exit(await Bench.run(ProcessInfo.processInfo.arguments))
