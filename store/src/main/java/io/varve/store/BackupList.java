package io.varve.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The backups in a folder.
 *
 * @param complete those whose manifest is sound and whose files have the sizes it says, oldest
 *     first; what the files hold is for {@link Backups#verify} to check
 * @param unusable what is left of backups that were interrupted or damaged, by name
 */
public record BackupList(List<Backup> complete, List<Unusable> unusable) {
    /**
     * Copies the lists.
     *
     * @param complete see the record
     * @param unusable see the record
     */
    public BackupList {
        complete = List.copyOf(complete);
        unusable = List.copyOf(unusable);
    }

    /**
     * A backup that is complete.
     *
     * @param path its folder
     * @param manifest what it holds
     */
    public record Backup(Path path, BackupManifest manifest) {
        /**
         * Refuses null.
         *
         * @param path see the record
         * @param manifest see the record
         */
        public Backup {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(manifest, "manifest");
        }
    }

    /**
     * A folder that cannot be restored.
     *
     * @param path the folder
     * @param reason why not
     */
    public record Unusable(Path path, String reason) {
        /**
         * Refuses null.
         *
         * @param path see the record
         * @param reason see the record
         */
        public Unusable {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
