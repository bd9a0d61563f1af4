package io.varve.runtime;

import io.varve.fuzz.FuzzTarget;
import io.varve.store.PlainName;
import io.varve.store.StoreTargets;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.Checkpoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Texts beside read models. */
public final class RuntimeTargets {
    private RuntimeTargets() {}

    /** All of them. */
    public static List<FuzzTarget> all(Path folder) {
        return List.of(catalogue(), snapshots(folder.resolve("snapshot")), projections());
    }

    private static FuzzTarget catalogue() {
        Path file = Path.of("catalogue");
        Catalogue some =
                new Catalogue(
                        new GenerationId(2, 1),
                        Optional.of(new GenerationId(1, 1)),
                        Optional.of(new GenerationId(3, 2)),
                        4,
                        Set.of(new GenerationId(1, 1), new GenerationId(2, 1)));
        return FuzzTarget.of(
                "catalogue",
                List.of(CatalogueText.write("sums", some)),
                input -> {
                    byte[] bytes = (input.length & 7) == 0 ? input : StoreTargets.sealed(input);
                    Optional<Catalogue> read = CatalogueText.read("sums", bytes, file);
                    if (read.isEmpty()) {
                        throw new FuzzTarget.Refused(new IllegalArgumentException("damaged"));
                    }
                    byte[] written = CatalogueText.write("sums", read.get());
                    FuzzTarget.check(read.equals(CatalogueText.read("sums", written, file)), read);
                    read.get().all().forEach(id -> FuzzTarget.check(id.number() > -1, id));
                },
                FuzzTarget.Refused.class,
                IncompatibleStoreException.class);
    }

    private static FuzzTarget snapshots(Path folder) {
        Path file = folder.resolve(SnapshotManifest.FILE);
        SnapshotManifest some =
                new SnapshotManifest(
                        "sums",
                        2,
                        "0a".repeat(32),
                        new Checkpoint(new UUID(1, 2), 0, 41, 7),
                        3,
                        4,
                        Instant.EPOCH,
                        40_960,
                        "0b".repeat(32));
        return FuzzTarget.of(
                "snapshot-manifest",
                List.of(some.text()),
                input -> {
                    Files.createDirectories(folder);
                    Files.write(file, (input.length & 7) == 0 ? input : StoreTargets.sealed(input));
                    SnapshotManifest manifest = SnapshotManifest.read(folder);
                    Files.write(file, manifest.text());
                    FuzzTarget.check(manifest.equals(SnapshotManifest.read(folder)), manifest);
                },
                StoreCorruptedException.class,
                IncompatibleStoreException.class);
    }

    /** The folder of a projection is in the folder of all, and has its name. */
    private static FuzzTarget projections() {
        Path all = Path.of("/folder/of/all");
        Path store = Path.of("/folder/of/store");
        return FuzzTarget.of(
                "projection-names",
                List.of("2sums".getBytes(StandardCharsets.UTF_8)),
                input -> {
                    String name = PlainName.check("projection", StoreTargets.text(input), 100);
                    ProjectionFolder.checkApart(store, all, name);
                    Path folder = all.resolve(name).normalize();
                    FuzzTarget.check(
                            folder.getParent().equals(all)
                                    && folder.getFileName().toString().equals(name),
                            name);
                },
                IllegalArgumentException.class);
    }
}
