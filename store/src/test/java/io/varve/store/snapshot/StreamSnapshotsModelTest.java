package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to snapshots and log, a state that is loaded is the fold of all events there
 * are.
 */
@Timeout(300)
class StreamSnapshotsModelTest {

    @TempDir Path folder;
    private SplittableRandom random;
    private EventStore store;
    private SnapshotStore snapshots;
    private Category<Ledger.Entry> category;
    private StreamSnapshots<Ledger.Digest, Ledger.Entry> digests;
    private int schema = 1;
    private long used;
    private long rejected;
    private boolean backup;

    private void open() {
        store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("store"))
                                .withMergeEvents(9)
                                .withInitialMapBytes(1 << 20));
        snapshots =
                SnapshotStore.open(
                        SnapshotConfig.at(folder.resolve("snapshots"))
                                .withInitialMapBytes(1 << 20));
        category = Ledger.entries(store);
        digests =
                snapshots
                        .streams("digests", category, Ledger.STATES)
                        // The schema is part of the state: one of another shows at once.
                        .fold(() -> new Ledger.Digest(0, schema), Ledger.Digest::add)
                        .schemaVersion(schema)
                        .policy(SnapshotPolicy.everyEvents(1 + random.nextInt(6)))
                        .keepLast(1 + random.nextInt(4))
                        .build();
    }

    private void close() {
        rejected += digests.counts().rejections();
        snapshots.close();
        store.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shouldLoadTheFoldOfAllEvents(long seed) {
        run(100, seed);
    }

    @Test
    @Tag("long")
    void shouldLoadTheFoldOfAllEventsForALongTime() {
        run(2_000, System.nanoTime());
    }

    private void run(int steps, long seed) {
        random = new SplittableRandom(seed);
        open();
        for (int i = 0; i < steps; i++) {
            step(random.nextInt(100));
            check("s" + random.nextInt(5), "seed=" + seed + " step=" + i);
        }
        close();
        assertEquals(true, used > steps / 4, "used=" + used);
        assertEquals(true, rejected > steps / 40, "rejected=" + rejected);
    }

    private void step(int dice) {
        String key = "s" + random.nextInt(5);
        if (dice < 55) {
            List<Ledger.Entry> entries = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                entries.add(new Ledger.Entry(random.nextInt()));
            }
            digests.update(key, state -> entries);
        } else if (dice < 70) {
            digests.save(digests.load(key));
        } else if (dice < 75) {
            digests.delete(key);
        } else {
            close();
            between(dice);
            open();
        }
    }

    private void between(int dice) {
        if (dice < 78) {
            schema++;
        } else if (dice < 80) {
            schema = Math.max(1, schema - 1);
        } else if (dice < 83) {
            if (backup) {
                Ledger.deleteAll(folder.resolve("backup"));
            }
            Ledger.copy(folder.resolve("store"), folder.resolve("backup"));
            backup = true;
        } else if (dice < 87 && backup) {
            Ledger.deleteAll(folder.resolve("store/log"));
            Ledger.deleteAll(folder.resolve("store/index"));
            Ledger.copy(folder.resolve("backup"), folder.resolve("store"));
        } else if (dice < 97) {
            damage(dice % 2 == 0 ? SnapshotStore.ROWS : SnapshotStore.LISTS);
        }
    }

    /** Changes, cuts or removes some rows, under right checksums: as a wrong program would. */
    private void damage(String name) {
        StateConfig config =
                StateConfig.at(folder.resolve("snapshots"))
                        .withTables(SnapshotStore.LISTS, SnapshotStore.ROWS)
                        .withInitialMapBytes(1 << 20);
        try (StateEnvironment state = StateEnvironment.open(config);
                StateTransaction transaction = state.begin()) {
            Table table = transaction.table(name);
            List<byte[]> keys = new ArrayList<>();
            List<byte[]> values = new ArrayList<>();
            BytesView nothing = new BytesView();
            table.scan(
                    nothing,
                    nothing,
                    (key, value) -> {
                        keys.add(key.toByteArray());
                        values.add(value.toByteArray());
                        return true;
                    });
            for (int i = 0; i < keys.size(); i++) {
                if (random.nextInt(3) == 0) {
                    change(table, BytesView.of(keys.get(i)), values.get(i));
                }
            }
            transaction.commit();
        }
    }

    private void change(Table table, BytesView key, byte[] value) {
        // Neither the state nor its schema: under a right checksum nothing could tell.
        int header = Math.min(56, value.length);
        switch (random.nextInt(3)) {
            case 0 -> table.delete(key);
            case 1 -> {
                int length = random.nextInt(header);
                table.put(key, new BytesWriter().putBytes(value, 0, length).view());
            }
            default -> {
                value[header > 8 ? random.nextInt(8, header) : 0] ^=
                        (byte) (1 << random.nextInt(8));
                table.put(key, BytesView.of(value));
            }
        }
    }

    private void check(String key, String where) {
        Ledger.Digest expected = new Ledger.Digest(0, schema);
        for (Ledger.Entry entry : category.read(key)) {
            expected = expected.add(entry);
        }
        Loaded<Ledger.Digest> loaded = digests.load(key);
        assertEquals(expected, loaded.state(), where);
        assertEquals(category.version(key), loaded.version(), where);
        used += loaded.snapshotVersion().isPresent() ? 1 : 0;
    }
}
