"""What a render is judged by: contact sheets, scores, reports."""
