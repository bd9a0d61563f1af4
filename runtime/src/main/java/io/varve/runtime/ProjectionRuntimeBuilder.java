package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Collects what a {@link ProjectionRuntime} runs. One thread at a time. */
public final class ProjectionRuntimeBuilder {
    private final EventStore store;
    private final Path folder;
    private final List<Configured> projections = new ArrayList<>();
    private ProjectionListener listener = new ProjectionListener() {};
    private RuntimeConfig config = RuntimeConfig.defaults();
    private boolean truncatedAllowed;

    /** A projection and how it runs. */
    record Configured(Projection projection, ProjectionConfig config) {}

    ProjectionRuntimeBuilder(EventStore store, Path folder) {
        this.store = Objects.requireNonNull(store, "store");
        this.folder = Objects.requireNonNull(folder, "folder");
    }

    /**
     * Adds a projection that runs with {@link ProjectionConfig#defaults}.
     *
     * @param projection whose name no other has
     * @return this
     */
    public ProjectionRuntimeBuilder add(Projection projection) {
        return add(projection, ProjectionConfig.defaults());
    }

    /**
     * Adds a projection.
     *
     * @param projection whose name no other has
     * @param how it runs
     * @return this
     */
    public ProjectionRuntimeBuilder add(Projection projection, ProjectionConfig how) {
        Objects.requireNonNull(how, "config");
        String name = projection.name();
        if (projections.stream().anyMatch(known -> known.projection().name().equals(name))) {
            throw new IllegalArgumentException(
                    "Two projections of one name; rename one: projection=" + name);
        }
        projections.add(new Configured(projection, how));
        return this;
    }

    /**
     * Sets who is told what becomes of the projections; nobody at first.
     *
     * @param told instead of an earlier one
     * @return this
     */
    public ProjectionRuntimeBuilder listener(ProjectionListener told) {
        listener = Objects.requireNonNull(told, "listener");
        return this;
    }

    /**
     * Sets how it runs; {@link RuntimeConfig#defaults} at first.
     *
     * @param how instead of an earlier one
     * @return this
     */
    public ProjectionRuntimeBuilder config(RuntimeConfig how) {
        config = Objects.requireNonNull(how, "config");
        return this;
    }

    /**
     * Lets a projection without a read model begin with the first event that is left, where
     * retention has removed the beginning of the log. Without this it fails with a {@link
     * HistoryTruncatedException}, because its read model would lack what is gone.
     *
     * @return this
     */
    public ProjectionRuntimeBuilder allowTruncatedLog() {
        truncatedAllowed = true;
        return this;
    }

    /**
     * Makes the runtime; opens and starts nothing yet.
     *
     * @return the runtime; start it and close it
     * @throws IllegalArgumentException if no projection was added
     */
    public ProjectionRuntime build() {
        if (projections.isEmpty()) {
            throw new IllegalArgumentException(
                    "A runtime needs a projection; add one: folder=" + folder);
        }
        return new ProjectionRuntime(this);
    }

    EventStore store() {
        return store;
    }

    Path folder() {
        return folder;
    }

    List<Configured> projections() {
        return List.copyOf(projections);
    }

    ProjectionListener listener() {
        return listener;
    }

    boolean isTruncatedAllowed() {
        return truncatedAllowed;
    }

    RuntimeConfig config() {
        return config;
    }
}
