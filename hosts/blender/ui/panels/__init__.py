"""The panels in the sidebar of the sequencer. Each file is one sub-panel; nothing here decides."""
