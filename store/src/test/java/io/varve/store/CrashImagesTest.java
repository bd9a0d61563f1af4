package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.CrashRecorder;
import io.varve.store.lmdb.CrashRecorder.Mistake;
import io.varve.store.lmdb.LmdbWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a disk may hold when the machine goes down, image by image: the log opens as it was at a
 * sync, at the last that had ended or a later one, exactly, and goes on from there.
 */
class CrashImagesTest {
    private static final Durability ASYNC = Durability.async(Duration.ofHours(1));

    static final EventView.Names NO_NAMES =
            new EventView.Names() {
                @Override
                public StreamId stream(int number) {
                    return TestEvents.stream("s" + number);
                }

                @Override
                public String type(int number) {
                    return "T";
                }
            };

    @TempDir Path temporary;
    private Path memory;

    /** The first block there is, and how many there ever were. */
    private record Version(int first, int head) {}

    /** A log that grows block by block and is truncated at times; noted after each commit. */
    private final class Run {
        private final Path path = folder("log");
        private final Path image = folder("image");
        private final SplittableRandom random;
        private final List<Long> chains = new ArrayList<>();
        private final List<Version> versions = new ArrayList<>(List.of(new Version(0, 0)));
        private final List<Integer> captured = new ArrayList<>();
        private final Map<String, Integer> outcomes = new HashMap<>();
        private final int imagesPerMoment;
        private Optional<Log> log = Optional.empty();
        private int acknowledged;
        private boolean ready;

        Run(long seed, int imagesPerMoment) {
            this.random = new SplittableRandom(seed);
            this.imagesPerMoment = imagesPerMoment;
        }

        private Version look(Durability durability) {
            Log opened = new Log(image, 1 << 24, durability);
            try {
                Version found = check(opened);
                List<Long> grown = new ArrayList<>(chains.subList(0, found.head()));
                for (int i = 0; i < 4; i++) {
                    appendTo(opened, grown, new SplittableRandom(i));
                }
                opened.durable().ifPresent(durable -> durable.ensure(Long.MAX_VALUE));
                assertEquals(grown.subList(found.first(), grown.size()), chainsOf(opened));
                return found;
            } finally {
                opened.close();
            }
        }

        private Version check(Log opened) {
            int first = (int) opened.base().firstPosition();
            List<Long> found = chainsOf(opened);
            assertTrue(first + found.size() <= chains.size(), "grown");
            assertEquals(chains.subList(first, first + found.size()), found);
            return new Version(first, first + found.size());
        }

        private void async(Mistake mistake, int commits) {
            try (CrashRecorder recorder = new CrashRecorder(path, mistake)) {
                recorder.onStep(step -> step(step, recorder));
                captured.add(0);
                log = Optional.of(new Log(path, 1 << 24, ASYNC));
                for (int i = 0; i < commits && outcomes.size() < 2; i++) {
                    commit(recorder);
                    if (random.nextInt(8) == 0) {
                        captured.add(versions.size() - 1);
                        log.get().durable().get().ensure(Long.MAX_VALUE);
                    }
                }
                recorder.onStep(step -> {});
                log.get().close();
            }
        }

        private void step(String step, CrashRecorder recorder) {
            if (step.equals("SLOT_SYNCED")) {
                acknowledged = last(captured);
                ready = true;
            }
            crash(recorder);
            // Others commit while a sync is going on.
            for (int i = random.nextInt(3); log.isPresent() && i > 0; i--) {
                commit(recorder);
            }
        }

        private void commit(CrashRecorder recorder) {
            int first = last(versions).first();
            int blocks = chains.size() - first;
            if (blocks > 6 && random.nextInt(8) == 0) {
                first += 1 + random.nextInt(blocks - 2);
                truncate(log.get(), first);
            } else {
                appendTo(log.get(), chains, random);
            }
            versions.add(new Version(first, chains.size()));
            recorder.look();
            crash(recorder);
        }

        private void crash(CrashRecorder recorder) {
            for (int i = 0; ready && i < imagesPerMoment; i++) {
                recorder.crash(image, random);
                String outcome;
                try {
                    int found = versions.indexOf(look(ASYNC));
                    outcome = captured.contains(found) && found >= acknowledged ? "exact" : "other";
                } catch (VarveException | AssertionError e) {
                    outcome = e.getClass().getSimpleName();
                }
                outcomes.merge(outcome, 1, Integer::sum);
            }
        }

        private void sync(int commits) {
            try (CrashRecorder recorder = new CrashRecorder(path, Mistake.NONE)) {
                Log synced = new Log(path, 1 << 24);
                recorder.flushed();
                for (int i = 0; i < commits; i++) {
                    appendTo(synced, chains, random);
                    recorder.look();
                    for (int j = 0; j < imagesPerMoment; j++) {
                        recorder.crashCommit(image, random);
                        int head = look(Durability.SYNC).head();
                        assertTrue(head >= chains.size() - 1, "lost");
                        outcomes.merge(head == chains.size() ? "new" : "old", 1, Integer::sum);
                    }
                    recorder.flushed();
                }
                synced.close();
            }
        }
    }

    /** On memory where there is such a file system: it is about bytes, not about a disk. */
    private Path folder(String name) {
        return memory.resolve(name);
    }

    @BeforeEach
    void chooseFolder() throws IOException {
        Path shared = Path.of("/dev/shm");
        memory =
                Files.isWritable(shared)
                        ? Files.createTempDirectory(shared, "varve-crash-")
                        : temporary;
    }

    @AfterEach
    void clear() throws IOException {
        for (String name : List.of("log", "image")) {
            for (String file : List.of("data.mdb", "lock.mdb", "varve.sync")) {
                Files.deleteIfExists(memory.resolve(name).resolve(file));
            }
            Files.deleteIfExists(memory.resolve(name));
        }
        Files.deleteIfExists(memory);
    }

    /** Removes blocks, so that LMDB has pages to use again. */
    private static void truncate(Log log, int first) {
        LogFold fold = new LogFold(log.base(), NO_NAMES);
        try (LogReader reader = log.reader(NO_NAMES)) {
            for (long next = log.base().firstPosition(); next < first; next++) {
                reader.seek(next);
                fold.add(reader.block());
            }
        }
        try (LmdbWriter writer = log.writer()) {
            fold.blocks().forEach(block -> log.delete(writer, block));
            log.baseRows().write(writer, fold.base(), fold);
            writer.commit();
        }
        log.base(fold.base());
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static void appendTo(Log log, List<Long> chains, SplittableRandom random) {
        int size = random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(200);
        EventBatch batch = new EventBatch();
        batch.add(TestEvents.stream("s0"), TestEvents.event(chains.size(), size));
        BlockBuilder block = new BlockBuilder(new ShaChain());
        block.reset();
        if (chains.isEmpty()) {
            PreambleCodec.writeStream(0, TestEvents.stream("s0"), block.preamble());
            PreambleCodec.writeType(0, "T", block.preamble());
        }
        long position = chains.size();
        long chain = chains.isEmpty() ? 0 : chains.get(chains.size() - 1);
        block.add(new EventRun(batch, 0, 1, 0, position, 0, 0, 1), 0);
        chain = block.seal(position, 1, chain, random.nextInt());
        try (LmdbWriter writer = log.writer()) {
            log.put(writer, position, block);
            writer.commit();
        }
        chains.add(chain);
    }

    private static List<Long> chainsOf(Log log) {
        List<Long> found = new ArrayList<>();
        try (LogReader reader = log.reader(NO_NAMES)) {
            if (!reader.last()) {
                return found;
            }
            long last = reader.block().lastPosition();
            long chain = log.base().chain();
            reader.seek(log.base().firstPosition());
            do {
                assertEquals(chain, reader.block().previousChain());
                chain = reader.block().chain();
                found.add(chain);
            } while (reader.block().lastPosition() < last && reader.next());
        }
        return found;
    }

    @Test
    void shouldOpenExactlyAsSynced() throws IOException {
        run(1, 40, 4, 1);
    }

    @Test
    @Tag("long")
    void shouldOpenExactlyAsSyncedManyTimes() throws IOException {
        run(30, 120, 6, System.nanoTime());
    }

    private void run(int runs, int commits, int imagesPerMoment, long seed) throws IOException {
        for (int i = 0; i < runs; i++) {
            Run run = new Run(seed + i, imagesPerMoment);
            run.async(Mistake.NONE, commits);
            assertEquals(1, run.outcomes.size(), "seed=" + (seed + i) + " " + run.outcomes);
            assertTrue(run.outcomes.get("exact") > commits, run.outcomes.toString());
            assertTrue(last(run.versions).first() > 0, "nothing was truncated");
            clear();
            chooseFolder();
        }
    }

    /** The test would notice. */
    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void shouldNoticeAMistakeInTheOrderOfThings(Mistake mistake) {
        Run run = new Run(7, 3);
        run.async(mistake, 40);
        assertTrue(run.outcomes.size() > 1, run.outcomes.toString());
    }

    /** That it does sync, and when, {@link SyncedCommitsTest} knows. */
    @Test
    void shouldHaveAllOrNothingOfACommitThatSyncs() {
        Run run = new Run(5, 8);
        run.sync(15);
        assertTrue(run.outcomes.get("new") > 0 && run.outcomes.get("old") > 0);
    }
}
