package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of keyed state that the disk never wrote: where one was, an older page of the same file
 * lies whole, with rows whose checksums are right.
 */
class StaleStateTest {
    private static final int PAGE = 4096;
    private static final int ROWS = 200;
    private static final int ROUNDS = 6;

    @TempDir Path folder;

    private StateConfig config;

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Rounds of changes, the file closed behind each; returns the file as it was half-way. */
    private byte[] fill() throws IOException {
        byte[] old = {};
        for (int round = 0; round < ROUNDS; round++) {
            try (StateEnvironment environment = StateEnvironment.open(config);
                    StateTransaction transaction = environment.begin()) {
                for (int i = 0; i < ROWS; i++) {
                    transaction.table("t").put(bytes("k" + i), bytes("a value of round " + round));
                }
                transaction.checkpoint(new Checkpoint(new UUID(1, 2), 0, round, 9));
                transaction.commit();
            }
            old = round == ROUNDS / 2 ? Files.readAllBytes(data()) : old;
        }
        return old;
    }

    private Path data() {
        return config.path().resolve("data.mdb");
    }

    private void write(int page, byte[] from) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(data().toFile(), "rw")) {
            file.seek((long) page * PAGE);
            file.write(from, page * PAGE, PAGE);
        }
    }

    /** The pages that were others. */
    private List<Integer> stale(byte[] old) throws IOException {
        byte[] now = Files.readAllBytes(data());
        List<Integer> pages = new ArrayList<>();
        for (int page = 2; page < old.length / PAGE; page++) {
            int from = page * PAGE;
            if (!Arrays.equals(old, from, from + PAGE, now, from, from + PAGE)) {
                pages.add(page);
            }
        }
        return pages;
    }

    private boolean isOfTheLastRound() {
        BytesView value = new BytesView();
        boolean right = true;
        try (StateEnvironment environment = StateEnvironment.open(config);
                StateView view = environment.view()) {
            for (int i = 0; i < ROWS; i++) {
                right &= view.table("t").get(bytes("k" + i), value);
                right &= value.equals(bytes("a value of round " + (ROUNDS - 1)));
            }
        }
        return right;
    }

    @Test
    void shouldRefuseAClosedFileWithAnOlderPageEachTime() throws IOException {
        config = StateConfig.at(folder).withTables("t").withInitialMapBytes(1 << 20);
        byte[] old = fill();
        byte[] now = Files.readAllBytes(data());
        List<Integer> pages = stale(old);
        assertTrue(pages.size() > 3, "pages=" + pages);
        for (int page : pages) {
            write(page, old);
            for (int time = 0; time < 2; time++) {
                assertThrows(
                        StoreCorruptedException.class,
                        () -> StateEnvironment.open(config).close(),
                        "page=" + page);
            }
            write(page, now);
        }
        assertTrue(isOfTheLastRound());
    }

    /** What proves its rows by itself, as snapshots do, is opened if its pages fit together. */
    @Test
    void shouldOpenWhatProvesItsRowsItself() throws IOException {
        config =
                StateConfig.at(folder)
                        .withTables("t")
                        .withInitialMapBytes(1 << 20)
                        .withRefusesChanged(false);
        byte[] old = fill();
        byte[] now = Files.readAllBytes(data());
        int opened = 0;
        for (int page : stale(old)) {
            write(page, old);
            try {
                StateEnvironment.open(config).close();
                opened++;
            } catch (StoreCorruptedException e) {
                assertEquals(StoreCorruptedException.class, e.getCause().getClass());
            }
            write(page, now);
        }
        assertTrue(opened > 0);
    }
}
