package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.EventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects what a {@link ProjectionRuntime} runs. One thread at a time. */
public final class ProjectionRuntimeBuilder {
    private final EventStore store;
    private final Path folder;
    private final List<Configured> projections = new ArrayList<>();
    private ProjectionListener listener = new ProjectionListener() {};
    private RuntimeConfig config = RuntimeConfig.defaults();
    private boolean truncatedAllowed;
    private Optional<String> name = Optional.empty();
    private boolean jmx = true;
    private Consumer<String> steps = step -> {};

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
     * @throws io.varve.projections.TopologyException if it cannot be partitioned as is wanted
     */
    public ProjectionRuntimeBuilder add(Projection projection, ProjectionConfig how) {
        Objects.requireNonNull(how, "config");
        String name = projection.name();
        if (projections.stream().anyMatch(known -> known.projection().name().equals(name))) {
            throw new IllegalArgumentException(
                    "Two projections of one name; rename one: projection=" + name);
        }
        how.checkFor(projection);
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
     * Sets the name that the runtime is shown by; that of its folder at first.
     *
     * @param shown not blank
     * @return this
     */
    public ProjectionRuntimeBuilder name(String shown) {
        if (shown.isBlank()) {
            throw new IllegalArgumentException("A runtime's name is not blank: name=" + shown);
        }
        name = Optional.of(shown);
        return this;
    }

    /**
     * Sets whether the runtime, while it runs, shows its figures at the platform's MBean server, as
     * {@link ProjectionRuntimeMXBean} and {@link ProjectionMXBean}; true at first.
     *
     * @param shown whether it does
     * @return this
     */
    public ProjectionRuntimeBuilder jmx(boolean shown) {
        jmx = shown;
        return this;
    }

    /**
     * Makes the runtime; opens and starts nothing yet. It need not have a projection: they can be
     * added to it later, too.
     *
     * @return the runtime; start it and close it
     * @throws io.varve.store.errors.FolderRefusedException if a read model would come to be in the
     *     folder of the store
     */
    public ProjectionRuntime build() {
        return new ProjectionRuntime(this);
    }

    /** Sets who is told of each step of a change of a projection's life. */
    ProjectionRuntimeBuilder steps(Consumer<String> told) {
        steps = told;
        return this;
    }

    Consumer<String> steps() {
        return steps;
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

    /** By which name it is shown in JMX, if it is. */
    Optional<String> jmxName() {
        return jmx ? Optional.of(shownName()) : Optional.empty();
    }

    /** By which name it is shown elsewhere. */
    String shownName() {
        return name.orElseGet(this::folderName);
    }

    private String folderName() {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return last == null ? "root" : last.toString();
    }

    boolean isTruncatedAllowed() {
        return truncatedAllowed;
    }

    RuntimeConfig config() {
        return config;
    }
}
