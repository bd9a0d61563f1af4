package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.lmdb.DamagedPages;
import io.varve.store.lmdb.StructureCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose structure is found sound does no harm, whatever happened to it. */
class DamagedStructureTest {
    @TempDir Path folder;

    @Test
    void shouldDoNoHarmWhenTheStructureIsSound() throws Exception {
        damage(80, 8, 99);
    }

    @Test
    @Tag("long")
    void shouldDoNoHarmWhenTheStructureIsSoundManyTimes() throws Exception {
        damage(20_000, 3_000, System.nanoTime());
    }

    /**
     * Damages the log or the index, and opens and reads in another process what was not refused.
     */
    private void damage(int times, int mostRead, long seed) throws Exception {
        Path whole = folder.resolve("whole");
        ReadingChild.fill(whole, 300);
        SplittableRandom random = new SplittableRandom(seed);
        Map<Path, String> sound = new LinkedHashMap<>();
        int refused = 0;
        for (int i = 0; i < times; i++) {
            String part = i % 3 == 0 ? "index" : "log";
            byte[] bytes = Files.readAllBytes(whole.resolve(part).resolve("data.mdb"));
            DamagedPages.damage(bytes, random);
            Path scratch = folder.resolve("scratch");
            Files.createDirectories(scratch);
            Files.write(scratch.resolve("data.mdb"), bytes);
            if (!StructureCheck.check(scratch).isSound()) {
                refused++;
            } else if (sound.size() < mostRead) {
                Path copy = folder.resolve("sound-" + seed + "-" + i);
                TestEvents.copy(whole, copy);
                Files.write(copy.resolve(part).resolve("data.mdb"), bytes);
                sound.put(copy, "");
            }
        }
        assertTrue(refused > times / 10, "refused=" + refused);
        DamagedLogTest.assertSurvived(sound);
    }
}
