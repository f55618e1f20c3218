from django.contrib.auth import views as auth
from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in", auth.LoginView.as_view(template_name="accounts/sign_in.html"), name="sign-in"),
    path("sign-out", auth.LogoutView.as_view(), name="sign-out"),
    path("profile", views.profile, name="profile"),
    path("people", views.people, name="people"),
]
