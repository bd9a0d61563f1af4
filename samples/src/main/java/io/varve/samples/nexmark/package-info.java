/**
 * Nexmark: an auction house whose persons, auctions and bids are asked eleven of the questions that
 * stream processors are measured by. The events are made here, after the published specification;
 * each query is a topology, and what it leaves is compared with a plain loop over the same events.
 *
 * <pre>
 *   NexmarkGenerator ─▶ EventStore ─▶ NexmarkQuery.projection ─▶ rows
 *          │                                                      │
 *          └──────────▶ NexmarkQuery.oracle ─────── equal? ───────┘
 * </pre>
 */
package io.varve.samples.nexmark;
