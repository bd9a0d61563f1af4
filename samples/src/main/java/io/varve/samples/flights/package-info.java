/**
 * A week of US flights, from file to log to read models.
 *
 * <pre>
 *   FlightsFile ─▶ FlightsLog ─▶ EventStore ─▶ FlightProjections ─▶ FlightsReport
 *        │                                            │
 *        └────────────▶ PlainTotals ──── equal? ──────┘
 * </pre>
 *
 * <p>The log is the only memory of what was done: a run that was killed is continued by the next
 * one, which asks the log how far it got.
 */
package io.varve.samples.flights;
