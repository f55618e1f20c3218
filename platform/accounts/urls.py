from django.contrib.auth import views as auth
from django.urls import path

from accounts.views import account, invitations, people

app_name = "accounts"

urlpatterns = [
    path("sign-in", account.SignIn.as_view(), name="sign-in"),
    path("sign-out", auth.LogoutView.as_view(), name="sign-out"),
    path("profile", account.profile, name="profile"),
    path("profile/password", account.password, name="profile-password"),
    path("profile/token", account.token, name="profile-token"),
    path("people", people.people, name="people"),
    path("people/new", people.person_new, name="people-new"),
    path("people/invite", invitations.invite, name="people-invite"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/password", people.person_password, name="person-password"),
    path("people/<int:pk>/active", people.person_active, name="person-active"),
    path("invitations/<int:pk>/revoke", invitations.revoke, name="invitation-revoke"),
    path("invitation/<str:token>", invitations.accept, name="invitation"),
]
