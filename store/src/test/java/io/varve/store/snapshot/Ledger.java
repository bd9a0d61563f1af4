package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tests' domain: a digest of a stream that tells order, number and content of its events. */
final class Ledger {
    record Entry(long amount) {}

    record Digest(long count, long hash) {
        static final Digest NONE = new Digest(0, 7);

        Digest add(Entry entry) {
            return new Digest(count + 1, hash * 1_000_003 + entry.amount());
        }
    }

    static final EventSerde<Entry> EVENTS =
            EventSerde.of(Entry.class).record("entered", Entry.class).build();

    static final Serde<Digest> STATES = Serdes.record(Digest.class);

    /** Writes states that it does not read. */
    static final Serde<Digest> WRITE_ONLY =
            new Serde<>() {
                @Override
                public void serialize(Digest value, BytesWriter out) {
                    STATES.serialize(value, out);
                }

                @Override
                public Digest deserialize(BytesView in) {
                    throw new IllegalStateException("on purpose");
                }
            };

    /** Has no bytes for states. */
    static final Serde<Digest> READ_ONLY =
            new Serde<>() {
                @Override
                public void serialize(Digest value, BytesWriter out) {
                    throw new SerdeException("on purpose", "None.", null);
                }

                @Override
                public Digest deserialize(BytesView in) {
                    return STATES.deserialize(in);
                }
            };

    private Ledger() {}

    static Category<Entry> entries(EventStore store) {
        return store.category("ledgers", EVENTS);
    }

    static StreamSnapshotsBuilder<Digest, Entry> plan(
            SnapshotStore snapshots, String name, Category<Entry> category) {
        return snapshots.streams(name, category, STATES).fold(() -> Digest.NONE, Digest::add);
    }

    /** The fold without snapshots. */
    static Digest expected(Category<Entry> category, String key) {
        Digest digest = Digest.NONE;
        for (Entry entry : category.read(key)) {
            digest = digest.add(entry);
        }
        return digest;
    }

    static void append(Category<Entry> category, String key, int count) {
        for (int i = 0; i < count; i++) {
            category.append(key, new Entry(i * 31L + key.hashCode()));
        }
    }

    /** Copies a store's folder as a crash, or a backup, would leave it. */
    static void copy(Path from, Path to) {
        try {
            for (String part : List.of("log", "index")) {
                Files.createDirectories(to.resolve(part));
                Files.copy(
                        from.resolve(part).resolve("data.mdb"),
                        to.resolve(part).resolve("data.mdb"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same of the log alone. */
    static void copyLog(Path from, Path to) {
        try {
            Files.createDirectories(to.resolve("log"));
            Files.copy(from.resolve("log/data.mdb"), to.resolve("log/data.mdb"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteAll(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
