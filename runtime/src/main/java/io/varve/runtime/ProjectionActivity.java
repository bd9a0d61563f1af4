package io.varve.runtime;

/** What the worker of a projection is doing. */
public enum ProjectionActivity {
    /** It has no worker: it is not started, has failed, or is stopped. */
    NONE,

    /** It applies events, or commits. */
    WORKING,

    /** It has applied everything, and waits for events. */
    IDLE,

    /** It waits before it tries an event again that has failed. */
    RETRYING,

    /** It waits for room on the disk, or in the read model. */
    WAITING_FOR_ROOM,

    /** Its code has not returned for {@link RuntimeConfig#stuckAfter}. */
    STUCK
}
