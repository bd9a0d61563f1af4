package io.varve.runtime;

/**
 * Is told what becomes of projections. Called on the projection's thread, which it holds up; news
 * of starting, pausing, promoting and closing come on the threads of those calls, before they
 * return. Of one projection it is told one thing after the other: what happens while it is busy is
 * told by the thread that is busy with it. What it throws is logged and otherwise ignored.
 *
 * <p>It may close the runtime. What is told of a promotion, a rollback or another change that was
 * asked for is told when that is whole, so on the thread of such a call it may pause, promote, roll
 * back, discard, remove the projection it is told of. On the projection's own thread, named {@code
 * varve-projection-} and its name, these are refused with an {@link IllegalStateException}, as the
 * projection would wait for itself; and as that thread may be busy with earlier news, and tell
 * these as well, a listener that changes something lets another thread do it:
 *
 * <pre>{@code
 * public void onLiveGeneration(String projection, GenerationId from, GenerationId to) {
 *     executor.execute(() -> runtime.discard(projection));
 * }
 * }</pre>
 */
public interface ProjectionListener {
    /**
     * A projection has changed its state.
     *
     * @param projection its name
     * @param from the state it was in
     * @param to the state it is in
     */
    default void onStateChange(String projection, ProjectionState from, ProjectionState to) {}

    /**
     * Another generation of a read model is read from now on: a rebuild was promoted, or rolled
     * back.
     *
     * @param projection its name
     * @param from the generation that was live
     * @param to the generation that is live
     */
    default void onLiveGeneration(String projection, GenerationId from, GenerationId to) {}

    /**
     * A rebuild is in another phase. Its failure is in its {@link Rebuild#progress}. One that is
     * cancelled may have made way for another, see {@link ProjectionRuntime#rebuild(Projection)};
     * or could not be gone on with, and the {@link RebuildProgress#begunAnew} of the other tells
     * why.
     *
     * @param projection its name
     * @param generation that is being computed
     * @param phase where the rebuild is
     */
    default void onRebuild(String projection, GenerationId generation, RebuildPhase phase) {}

    /**
     * A projection has failed; called after the change of state.
     *
     * @param projection its name
     * @param failure why
     */
    default void onFailure(String projection, Throwable failure) {}

    /**
     * An event was left out, and a letter of it is kept: it is dead and its stream under
     * quarantine, or it is skipped. Called once that is committed; not for events that wait behind
     * a dead one.
     *
     * @param projection its name
     * @param generation whose read model lacks it: that which is live, or one that is being rebuilt
     * @param letter the event
     */
    default void onDeadLetter(String projection, GenerationId generation, DeadLetter letter) {}

    /**
     * A read model was gone, damaged or of another history, and is begun anew by itself.
     *
     * @param projection its name
     * @param recovery why, and with what it begins
     */
    default void onRecovery(String projection, ReadModelRecovery recovery) {}

    /**
     * A projection, or a rebuild of it, does not get on: its code has not returned for {@link
     * RuntimeConfig#stuckAfter}. Told once, in its turn like all else, and again only if the code
     * has returned and does not return another time; never after the end of what it worked for.
     * Where that code is this listener's, it is called on another thread beside it. Called on the
     * watchdog's thread as a rule, which looks at no other projection meanwhile, and for which
     * {@code close()} waits.
     *
     * @param projection its name
     * @param stuck where it is
     */
    default void onStuck(String projection, StuckWorker stuck) {}
}
