"""What the AI does with tasks: break them down, sort them, tell how a project stands. Each proposes; people decide."""
