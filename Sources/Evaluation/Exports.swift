import Basics

// What this module's own functions take from Basics: their callers need no further import.

/// A generator of random numbers that is determined by its seed; see Basics.
package typealias SeededGenerator = Basics.SeededGenerator
