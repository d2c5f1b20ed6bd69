import Learning

// What this module's own functions take from Learning: their callers need no further import.

/// What the columns of a classifier's decision values stand for; see Learning.
package typealias DecisionShape = Learning.DecisionShape
