import Foundation
import Simulation

exit(SimulatorProgram.run(Array(CommandLine.arguments.dropFirst())))
