extension MachineWorld {
  /// `linux-x86_64`: no versions, so that a result outlives an upgrade.
  package static var platformName: String {
    #if os(Linux)
      let system = "linux"
    #elseif os(macOS)
      let system = "macos"
    #else
      let system = "other"
    #endif
    #if arch(x86_64)
      return "\(system)-x86_64"
    #elseif arch(arm64)
      return "\(system)-arm64"
    #else
      return "\(system)-other"
    #endif
  }
}
