import Basics

// What this module's own functions take from Basics: their callers need no further import.

/// Asks a running training to stop; see Basics.
public typealias CancellationToken = Basics.CancellationToken
