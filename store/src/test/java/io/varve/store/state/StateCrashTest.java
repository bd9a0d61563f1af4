package io.varve.store.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.CrashRecorder;
import io.varve.store.lmdb.CrashRecorder.Mistake;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a disk may hold of keyed state when the machine goes down, image by image: it opens as it
 * was at a sync, at the last that had ended or a later one, rows and checkpoint exactly, and goes
 * on from there.
 */
class StateCrashTest {
    @TempDir Path temporary;
    private Path memory;

    /** Rows by table and key, and the position of the checkpoint; -1 where there is none. */
    private record State(Map<String, String> rows, long position) {}

    /** State that is changed at random, all its versions noted. */
    private final class Run {
        private final Path path = memory.resolve("state");
        private final Path image = memory.resolve("image");
        private final SplittableRandom random;
        private final int imagesPerMoment;
        private final List<State> versions = new ArrayList<>(List.of(new State(Map.of(), -1)));
        private final List<Integer> captured = new ArrayList<>(List.of(0));
        private final Map<String, Integer> outcomes = new HashMap<>();
        private Optional<StateEnvironment> open = Optional.empty();
        private int acknowledged;

        Run(long seed, int imagesPerMoment) {
            this.random = new SplittableRandom(seed);
            this.imagesPerMoment = imagesPerMoment;
        }

        void run(Mistake mistake, int commits) throws IOException {
            try (CrashRecorder recorder = new CrashRecorder(path, mistake)) {
                recorder.onStep(step -> step(step, recorder));
                open = Optional.of(StateEnvironment.open(config(path)));
                Files.createDirectories(image);
                Files.copy(path.resolve(StateMark.NAME), image.resolve(StateMark.NAME));
                for (int i = 0; i < commits && outcomes.size() < 2; i++) {
                    commit(recorder);
                    if (random.nextInt(8) == 0) {
                        captured.add(versions.size() - 1);
                        open.get().sync();
                    }
                }
                recorder.onStep(step -> {});
                open.get().close();
            }
        }

        private void step(String step, CrashRecorder recorder) {
            if (open.isEmpty()) {
                return;
            }
            if (step.equals("SLOT_SYNCED")) {
                acknowledged = captured.get(captured.size() - 1);
            }
            crash(recorder);
            // Others commit while a sync is going on.
            for (int i = random.nextInt(3); i > 0; i--) {
                commit(recorder);
            }
        }

        private void commit(CrashRecorder recorder) {
            versions.add(change(open.get(), versions.get(versions.size() - 1), random));
            recorder.look();
            crash(recorder);
        }

        private void crash(CrashRecorder recorder) {
            for (int i = 0; i < imagesPerMoment; i++) {
                recorder.crash(image, random);
                String outcome;
                try {
                    outcome = look();
                } catch (VarveException | AssertionError e) {
                    outcome = e.getClass().getSimpleName();
                }
                outcomes.merge(outcome, 1, Integer::sum);
            }
        }

        private String look() {
            try (StateEnvironment opened = StateEnvironment.open(config(image))) {
                int version = versions.indexOf(stateOf(opened));
                State state = version < 0 ? versions.get(0) : versions.get(version);
                SplittableRandom more = new SplittableRandom(7);
                for (int i = 0; version >= 0 && i < 4; i++) {
                    state = change(opened, state, more);
                    assertEquals(state, stateOf(opened));
                }
                return captured.contains(version) && version >= acknowledged ? "exact" : "other";
            }
        }
    }

    private static StateConfig config(Path path) {
        return StateConfig.at(path)
                .withTables("a", "b")
                .withInitialMapBytes(1 << 24)
                .withSyncInterval(Duration.ofHours(1));
    }

    private static State change(StateEnvironment environment, State now, SplittableRandom random) {
        Map<String, String> rows = new TreeMap<>(now.rows());
        long position = now.position() + 1;
        try (StateTransaction transaction = environment.begin()) {
            for (int i = random.nextInt(1, 20); i > 0; i--) {
                String table = random.nextBoolean() ? "a" : "b";
                String key = "k" + random.nextInt(200);
                if (random.nextInt(4) == 0) {
                    transaction.table(table).delete(bytes(key));
                    rows.remove(table + "/" + key);
                } else {
                    int size = random.nextInt(6) == 0 ? 9_000 : 120;
                    String value = (position + ".").repeat(1 + random.nextInt(size) / 4);
                    transaction.table(table).put(bytes(key), bytes(value));
                    rows.put(table + "/" + key, value);
                }
            }
            transaction.checkpoint(new Checkpoint(new UUID(1, 2), 0, position, position));
            transaction.commit();
        }
        return new State(rows, position);
    }

    private static State stateOf(StateEnvironment environment) {
        Map<String, String> rows = new TreeMap<>();
        BytesView all = bytes("");
        try (StateView view = environment.view()) {
            for (String table : environment.tables()) {
                view.table(table)
                        .scan(
                                all,
                                all,
                                (key, value) -> {
                                    rows.put(table + "/" + text(key), text(value));
                                    return true;
                                });
                assertEquals(
                        rows.keySet().stream().filter(k -> k.startsWith(table + "/")).count(),
                        view.table(table).count());
            }
            return new State(rows, view.checkpoint().map(Checkpoint::position).orElse(-1L));
        }
    }

    private static BytesView bytes(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(BytesView bytes) {
        return bytes.getUtf8(0, bytes.length());
    }

    /** On memory where there is such a file system: it is about bytes, not about a disk. */
    @BeforeEach
    void chooseFolder() throws IOException {
        Path shared = Path.of("/dev/shm");
        memory =
                Files.isWritable(shared)
                        ? Files.createTempDirectory(shared, "varve-crash-")
                        : temporary;
    }

    @AfterEach
    void clear() {
        StateCopy.deleteQuietly(memory);
    }

    @Test
    void shouldOpenExactlyAsSynced() throws IOException {
        run(1, 25, 3, 1);
    }

    @Test
    @Tag("long")
    void shouldOpenExactlyAsSyncedManyTimes() throws IOException {
        run(30, 120, 6, System.nanoTime());
    }

    private void run(int runs, int commits, int imagesPerMoment, long seed) throws IOException {
        for (int i = 0; i < runs; i++) {
            Run run = new Run(seed + i, imagesPerMoment);
            run.run(Mistake.NONE, commits);
            assertEquals(1, run.outcomes.size(), "seed=" + (seed + i) + " " + run.outcomes);
            assertTrue(run.outcomes.get("exact") > commits, run.outcomes.toString());
            clear();
            chooseFolder();
        }
    }

    /** The test would notice. */
    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNoticeAMistakeInTheOrderOfThings(Mistake mistake) throws IOException {
        Run run = new Run(7, 3);
        run.run(mistake, 40);
        assertTrue(run.outcomes.size() > 1, run.outcomes.toString());
    }
}
