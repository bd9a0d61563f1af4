package io.varve.store;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Which names of files and folders are on the disk: where one is made or moved its name is when its
 * folder was synced, and not before.
 */
final class DurableNames {
    private final Map<Path, Boolean> names = new HashMap<>();

    /** Goes through what {@link DiskShim#trace} tells; syncs of one folder may be left out. */
    DurableNames(Iterable<String> trace, Path withoutSyncsOf) {
        for (String line : trace) {
            String[] parts = line.split("\t", -1);
            Path path = Path.of(parts[1]);
            switch (parts[0]) {
                case "make" -> names.put(path, false);
                case "move" -> move(path, Path.of(parts[2]));
                default -> {
                    if (!path.equals(withoutSyncsOf)) {
                        sync(path);
                    }
                }
            }
        }
    }

    private void move(Path from, Path to) {
        Map<Path, Boolean> moved = new HashMap<>();
        names.forEach(
                (name, durable) -> {
                    if (name.startsWith(from)) {
                        moved.put(to.resolve(from.relativize(name)), durable);
                    }
                });
        names.keySet().removeIf(name -> name.startsWith(from) || name.startsWith(to));
        names.putAll(moved);
        names.put(to, false);
    }

    private void sync(Path folder) {
        names.replaceAll((name, durable) -> durable || folder.equals(name.getParent()));
    }

    /** Whether a crash leaves a file under its name: its own, and those of all folders above. */
    boolean isDurable(Path file) {
        for (Path path = file; path != null; path = path.getParent()) {
            if (!names.getOrDefault(path, true)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it was made or moved at all. */
    boolean knows(Path file) {
        return names.containsKey(file);
    }
}
