package io.varve.runtime;

import java.util.Optional;

/**
 * What came of retrying the dead letters of a stream. Where it has none, or they were discarded,
 * nothing was applied and nothing remains.
 *
 * @param applied how many events were applied, and are no dead letters any more
 * @param remaining how many are left; with 0 the quarantine of the stream is lifted
 * @param failure why the next one could not be applied; empty if none failed: none is left then, or
 *     the runtime is being closed, or one of several partitions is behind the others, after a
 *     failure of its disk, and has not come to that event yet: resume the projection, and try again
 */
public record RetryResult(int applied, int remaining, Optional<Throwable> failure) {}
