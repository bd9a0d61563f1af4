package io.varve.runtime;

import io.varve.projections.StoreTransition;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A projection has other operators, or a store of it another serde or other windows, than its read
 * model was computed with, under the same name and version. The message tells the first line that
 * differs, and the remedy what there is to choose from: to compute it anew, or, if its stores are
 * the same, to go on with them.
 */
public final class ChangedDefinitionException extends VarveException {
    private static final long serialVersionUID = 1L;

    private static final String ANEW =
            "Give the changed projection a higher version, or delete the folder: either is"
                    + " computed from the first event. To be served by the old read model"
                    + " meanwhile, start with the old definition and rebuild with the new.";

    private final String projection;
    private final String fingerprint;

    private ChangedDefinitionException(
            String projection, Path folder, String difference, String fingerprint, String remedy) {
        super(
                "The definition has changed since the read model was computed: projection="
                        + projection
                        + " "
                        + difference
                        + " folder="
                        + folder,
                remedy);
        this.projection = projection;
        this.fingerprint = fingerprint;
    }

    /** Nothing says what there is. */
    static ChangedDefinitionException unknown(String projection, Path folder, String what) {
        return new ChangedDefinitionException(
                projection,
                folder,
                "it does not say with which "
                        + what
                        + ", as an earlier version of Varve has computed it",
                "",
                ANEW);
    }

    /** It is known what there is, and what would become of it. */
    static ChangedDefinitionException of(
            String projection,
            Path folder,
            String difference,
            Definition.Kept kept,
            StoreTransition to) {
        String fingerprint = kept.fingerprint().orElseThrow();
        String known = difference + " fingerprint=" + fingerprint;
        return to.isPossible()
                ? new ChangedDefinitionException(
                        projection, folder, known, fingerprint, ANEW + keep(fingerprint, kept, to))
                : new ChangedDefinitionException(
                        projection,
                        folder,
                        known + " stores that are others now: " + to.changed(),
                        fingerprint,
                        ANEW
                                + " Its rows cannot be gone on with: leave the stores as they were,"
                                + " or give those that are others another name.");
    }

    private static String keep(String fingerprint, Definition.Kept kept, StoreTransition to) {
        return " Or go on with the rows there are, as they are, from position="
                + (kept.position() + 1)
                + " on: ProjectionConfig.withStateOf(\""
                + fingerprint
                + "\"). Stores that stay="
                + to.kept()
                + ", begin empty="
                + to.added()
                + ", are dropped="
                + to.dropped()
                + ".";
    }

    /** It emits nothing any more, and what it has emitted is not all in the log. */
    static ChangedDefinitionException unsent(String projection, Path folder, Definition.Kept kept) {
        return new ChangedDefinitionException(
                projection,
                folder,
                "events that it has emitted are not in the log yet, and would be lost",
                kept.fingerprint().orElseThrow(),
                "Start it with the old definition once more, until it is live: that appends them.");
    }

    /** Partitions that are not at one position would be changed at several. */
    static ChangedDefinitionException apart(String projection, Path folder, Definition.Kept kept) {
        return new ChangedDefinitionException(
                projection,
                folder,
                "its partitions are not at the same position",
                kept.fingerprint().orElseThrow(),
                "Start it with the old definition once more, until it is live: that brings them"
                        + " together.");
    }

    /** Whoever goes back has not said to which definition. */
    static ChangedDefinitionException ofPrevious(
            String projection, Path folder, int version, int given) {
        return new ChangedDefinitionException(
                projection,
                folder,
                "was=[version " + version + "] is=[version " + given + "]",
                "",
                "Give rollback(Projection) the definition of version " + version + ".");
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * The fingerprint of the definition that the read model was computed with, as {@link
     * ProjectionConfig#withStateOf} takes it.
     *
     * @return empty if it is not known
     */
    public Optional<String> fingerprint() {
        return Optional.of(fingerprint).filter(known -> !known.isEmpty());
    }
}
